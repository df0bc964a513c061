/** What an error answer of a provider says, without the key, should the provider echo it. */
import { asObject, asString, compact, parseJson } from '../base/json.ts';
import { scrubbed } from '../base/scrub.ts';
import type { Secret } from '../base/secret.ts';
import type { UpstreamErrorBody } from '../model/upstream-error.ts';
import type { HttpAnswer } from './http.ts';

const MESSAGE_LIMIT = 300;

/**
 * Message, type and code, wherever the vendor puts them: in `error`, which may also be the text itself, or at the top
 * (`message`, `detail`). A body that says nothing gives a message with the status.
 */
export function answerError(answer: HttpAnswer, key: Secret | undefined): UpstreamErrorBody {
  const parsed = parseJson(answer.body);
  const body = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  const error = asObject(body?.['error']) ?? body;
  const message =
    asString(body?.['error']) ??
    asString(error?.['message']) ??
    asString(body?.['message']) ??
    asString(body?.['detail']);
  return compact({
    message: scrubbed(message ?? `The provider answered with status ${answer.status}.`, key).slice(0, MESSAGE_LIMIT),
    type: asString(error?.['type']) ?? asString(error?.['status']),
    code: asString(error?.['code']),
  });
}
