/** An upstream's error answer as ours: read by its format, classified by the table, with the account's key scrubbed. */
import { OmniError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { scrubbed } from '../base/scrub.ts';
import { UPSTREAM_FORMATS } from '../formats/index.ts';
import type { ErrorEvent } from '../model/event.ts';
import { type UpstreamErrorBody, upstreamError } from '../model/upstream-error.ts';
import type { Refusal } from '../providers/account-call.ts';
import type { Target } from '../routing/plan.ts';
import { readAll, type UpstreamAnswer } from './call.ts';
import { readLimits, waitAfterRefusal } from './limits.ts';

const ERROR_BODY_LIMIT_BYTES = 256 * 1024;

/** Reads the rest of an answer whose status is not 2xx. Never throws for what the body holds. */
export async function failureOf(answer: UpstreamAnswer, target: Target): Promise<OmniError> {
  if (answer.status >= 300 && answer.status < 400) {
    answer.abort();
    return new OmniError(
      'upstream_bad_response',
      `${target.provider.name} answered with a redirect (${answer.status}), which is not followed.`,
    );
  }
  const raw = (await readAll(answer.body, ERROR_BODY_LIMIT_BYTES)).toString('utf8');
  const text = scrubbed(raw, target.account?.key);
  const body = UPSTREAM_FORMATS[target.endpoint.format].decodeError(parseJson(text) ?? text);
  const waitMs = waitAfterRefusal(readLimits(answer.headers, Date.now())) ?? body.retryAfterMs;
  return reportedError({ ...body, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }, target, answer.status);
}

/** An error the upstream reported, in its answer or inside a stream, without the account's key and with what to do. */
export function reportedError(body: UpstreamErrorBody, target: Target, status?: number): OmniError {
  const key = target.account?.key;
  const message = body.message === '' ? `The provider answered with status ${status ?? 'unknown'}.` : body.message;
  const { type, code } = body;
  const error = upstreamError(
    {
      ...body,
      message: scrubbed(message, key),
      ...(type !== undefined && { type: scrubbed(type, key) }),
      ...(code !== undefined && { code: scrubbed(code, key) }),
    },
    status,
  );
  const refusal = target.provider.refusals?.find(({ says }) => says.test(message));
  return refusal === undefined ? error : explained(error, refusal);
}

function explained(error: OmniError, { sentence, code = error.code }: Refusal): OmniError {
  const { message, upstreamCode, retryAfterMs, limitScope } = error;
  return new OmniError(code, `${message} ${sentence}`, {
    ...(code === error.code && { status: error.status }),
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(limitScope !== undefined && { limitScope }),
    cause: error,
  });
}

/** A decoded error event without the account's key. */
export function scrubbedEvent(event: ErrorEvent, { account }: Pick<Target, 'account'>): ErrorEvent {
  const { message, upstreamCode } = event;
  return {
    ...event,
    message: scrubbed(message, account?.key),
    ...(upstreamCode !== undefined && { upstreamCode: scrubbed(upstreamCode, account?.key) }),
  };
}
