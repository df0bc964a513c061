/** Errors as Ollama writes them: `{"error": "…"}` (https://docs.ollama.com/api/errors). */
import type { OmniError } from '../../base/errors.ts';
import { asObject, asString, isObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { shortErrorText } from '../../model/error-text.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';

/** An error for a client, before any content. */
export function encodeError(error: OmniError): { status: number; body: JsonObject } {
  return { status: error.status, body: { error: error.message } };
}

/** Reads any error body: Ollama's string, another host's object, or text. Never throws. */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return isObject(parsed) ? decodeError(parsed) : { message: shortErrorText(body) };
  }
  const whole = asObject(Array.isArray(body) ? body[0] : body);
  const inner = asObject(whole?.['error']) ?? whole;
  const message = asString(whole?.['error']) ?? asString(inner?.['message']);
  const type = asString(inner?.['type']);
  const code = asString(inner?.['code']);
  return {
    message: message === undefined || message === '' ? shortErrorText(JSON.stringify(body)) : message.slice(0, 2_000),
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
  };
}

/** The error that a chunk holds instead of a message; undefined when it holds none. */
export function errorIn(chunk: JsonObject): UpstreamErrorBody | undefined {
  const error = chunk['error'];
  return isObject(error) || (typeof error === 'string' && error !== '') ? decodeError(chunk) : undefined;
}
