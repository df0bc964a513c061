/** Errors in both directions: https://docs.anthropic.com/en/api/errors. */
import { ERRORS, type ErrorCode, type OmniError } from '../../base/errors.ts';
import { asObject, asString, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { ErrorEvent } from '../../model/event.ts';
import { classifyUpstreamError, type UpstreamErrorBody } from '../../model/upstream-error.ts';

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function typeForStatus(status: number): string {
  return (
    TYPE_BY_STATUS[status] ?? (status >= 400 && status < 500 && status !== 499 ? 'invalid_request_error' : 'api_error')
  );
}

function errorBody(status: number, message: string): JsonObject {
  return { type: 'error', error: { type: typeForStatus(status), message } };
}

/**
 * Claude Code knows by this sentence, or by the one on the context limit, that it must shorten the conversation. Other
 * providers say it in words of their own.
 */
function inOwnWords(code: ErrorCode, message: string): string {
  const isKnown = code !== 'upstream_context_length' || /prompt is too long|exceed context limit/i.test(message);
  return isKnown ? message : `prompt is too long: ${message}`;
}

/** An error as `{type: "error", error: {type, message}}` with its status. */
export function encodeError(error: OmniError): { readonly status: number; readonly body: JsonObject } {
  return { status: error.status, body: errorBody(error.status, inOwnWords(error.code, error.message)) };
}

/** The body of an `error` event, and of a whole answer that failed. */
export function encodeErrorEvent(event: ErrorEvent): JsonObject {
  return errorBody(ERRORS[event.code].status, inOwnWords(event.code, event.message));
}

const MESSAGE_LIMIT = 500;

/** Reads any error body: this protocol's, another's that a compatible server sends, HTML or plain text. */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return parsed !== undefined && typeof parsed === 'object' && parsed !== null ? decodeError(parsed) : plain(body);
  }
  const first = Array.isArray(body) ? body[0] : body;
  const outer = asObject(first);
  if (outer === undefined) return plain(first === undefined || first === null ? '' : String(first));
  const inner = asObject(outer['error']) ?? outer;
  const message =
    asString(inner['message']) ?? asString(outer['error']) ?? asString(outer['message']) ?? asString(outer['detail']);
  const type = asString(inner['type']);
  const code = inner['code'];
  return {
    ...plain(message ?? JSON.stringify(first)),
    ...(type !== undefined && type !== 'error' && { type }),
    ...(typeof code === 'string' && { code }),
  };
}

/** An upstream's error inside an answer or a stream as an event. */
export function errorEvent(body: JsonValue | string): ErrorEvent {
  const error = decodeError(body);
  const upstreamCode = error.code ?? error.type;
  return {
    type: 'error',
    code: classifyUpstreamError(error),
    message: error.message,
    ...(upstreamCode !== undefined && { upstreamCode }),
  };
}

function plain(text: string): UpstreamErrorBody {
  const clean = text
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return { message: clean === '' ? 'The provider gave no reason.' : clean.slice(0, MESSAGE_LIMIT) };
}
