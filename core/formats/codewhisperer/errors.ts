/** Errors as AWS's JSON protocol writes them: `{"__type": "…#ThrottlingException", "message": "…", "reason": "…"}`. */
import { asObject, asString, isObject, type JsonValue, parseJson } from '../../base/json.ts';
import { shortErrorText } from '../../model/error-text.ts';
import type { ErrorEvent } from '../../model/event.ts';
import { classifyUpstreamError, type UpstreamErrorBody } from '../../model/upstream-error.ts';

/** Reads any error body, JSON or text. Never throws. */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return isObject(parsed) ? decodeError(parsed) : { message: shortErrorText(body) };
  }
  const whole = asObject(Array.isArray(body) ? body[0] : body);
  const message =
    asString(whole?.['message']) ??
    asString(whole?.['Message']) ??
    asString(asObject(whole?.['error'])?.['message']) ??
    asString(whole?.['error']);
  const type = asString(whole?.['__type'])?.replace(/^.*#/, '');
  const reason = asString(whole?.['reason']);
  return {
    message:
      message === undefined || message.trim() === '' ? shortErrorText(JSON.stringify(body)) : message.slice(0, 2_000),
    ...(type !== undefined && { type }),
    ...(reason !== undefined && { code: reason }),
  };
}

/** An error that came as an event of the stream; its type stands in the frame's name. */
export function errorEvent(type: string, data: string): ErrorEvent {
  const body = { ...decodeError(data), type };
  const upstreamCode = body.code ?? type;
  return { type: 'error', code: classifyUpstreamError(body), message: body.message, upstreamCode };
}
