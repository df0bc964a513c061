/** An upstream's error answer as ours: read by its format, classified by the table, with the account's key scrubbed. */
import { ERRORS, OmniError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { scrubbed } from '../base/scrub.ts';
import { UPSTREAM_FORMATS } from '../formats/index.ts';
import type { ErrorEvent } from '../model/event.ts';
import { classifyUpstreamError, type UpstreamErrorBody, upstreamError, waitIn } from '../model/upstream-error.ts';
import type { Refusal } from '../providers/account-call.ts';
import type { Target } from '../routing/plan.ts';
import type { UpstreamAnswer } from './call.ts';
import { readLimits, waitAfterRefusal } from './limits.ts';

const ERROR_BODY_LIMIT_BYTES = 256 * 1024;
/** The status and the headers have said what it is: the words are worth no longer wait. */
const ERROR_BODY_WAIT_MS = 3_000;

/** Reads the rest of an answer whose status is not 2xx. Throws only when the client leaves meanwhile. */
export async function failureOf(answer: UpstreamAnswer, target: Target): Promise<OmniError> {
  if (answer.status >= 300 && answer.status < 400) {
    answer.abort();
    return new OmniError(
      'upstream_bad_response',
      `${target.provider.name} answered with a redirect (${answer.status}), which is not followed.`,
    );
  }
  const text = scrubbed(await errorText(answer), target.account?.key);
  const body = UPSTREAM_FORMATS[target.endpoint.format].decodeError(parseJson(text) ?? text);
  const limits = readLimits(answer.headers, Date.now());
  // A call that took the last of a window and failed for another reason was not refused for it.
  const isLimit = ERRORS[classifyUpstreamError(body, answer.status)].status === 429;
  const waitMs = (isLimit ? waitAfterRefusal(limits) : limits.retryAfterMs) ?? body.retryAfterMs;
  return reportedError({ ...body, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }, target, answer.status);
}

/** As much of the body as comes: one that is cut, endless or never ends takes nothing from what the status says. */
async function errorText(answer: UpstreamAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    answer.abort();
  };
  const timer = setTimeout(stop, ERROR_BODY_WAIT_MS);
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > ERROR_BODY_LIMIT_BYTES) break;
    }
  } catch (error) {
    const hasLeft = error instanceof OmniError && error.code === 'client_closed' && !isOver;
    if (hasLeft || !(error instanceof OmniError)) throw error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).toString('utf8', 0, ERROR_BODY_LIMIT_BYTES);
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
  const refusal = refusalIn(message, target);
  return refusal === undefined ? error : explained(error, refusal);
}

function refusalIn(message: string, { provider }: Target): Refusal | undefined {
  return provider.refusals?.find(({ says }) => says.test(message));
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

/** A decoded error event as `reportedError` says it: without the account's key, with the wait that its words tell and what to do. */
export function reportedEvent(event: ErrorEvent, target: Target): ErrorEvent {
  const { message, upstreamCode, retryAfterMs = waitIn(event) } = event;
  const key = target.account?.key;
  const refusal = refusalIn(message, target);
  const said = scrubbed(message, key);
  return {
    ...event,
    code: refusal?.code ?? event.code,
    message: refusal === undefined ? said : `${said} ${refusal.sentence}`,
    ...(upstreamCode !== undefined && { upstreamCode: scrubbed(upstreamCode, key) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
