/**
 * Errors of the Responses API: bodies `{error: {message, type, param, code}}`, and `response.error {code, message}` or
 * an `error` event inside an answer. https://platform.openai.com/docs/guides/error-codes
 */
import { ERRORS, type ErrorCode, type OmniError } from '../../base/errors.ts';
import { asNumber, asObject, asString, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { ErrorEvent } from '../../model/event.ts';
import { classifyUpstreamError, tellingCode, type UpstreamErrorBody } from '../../model/upstream-error.ts';

const MESSAGE_LIMIT = 500;
const NO_MESSAGE = 'The provider answered with an error and no message.';

/** `error.type` and `error.code` by HTTP status, where the code alone does not say it. */
const BY_STATUS: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['authentication_error', 'invalid_api_key'],
  402: ['insufficient_quota', 'insufficient_quota'],
  403: ['permission_error', 'permission_denied'],
  404: ['invalid_request_error', 'not_found'],
  413: ['invalid_request_error', 'payload_too_large'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
  502: ['server_error', 'bad_gateway'],
  503: ['server_error', 'service_unavailable'],
  504: ['server_error', 'gateway_timeout'],
};

/** Words that OpenAI's clients switch on (Codex does so by `code`). */
const BY_CODE: Partial<Record<ErrorCode, string>> = {
  invalid_json: 'invalid_json',
  unsupported_parameter: 'unsupported_parameter',
  model_not_found: 'model_not_found',
  upstream_model_not_found: 'model_not_found',
  upstream_quota: 'insufficient_quota',
  upstream_rate_limited: 'rate_limit_exceeded',
  upstream_context_length: 'context_length_exceeded',
  upstream_content_policy: 'content_policy_violation',
  upstream_bad_request: 'invalid_prompt',
  upstream_overloaded: 'server_is_overloaded',
};

/** An error before any content. */
export function encodeError(error: OmniError): { readonly status: number; readonly body: JsonObject } {
  const { status } = error;
  const fallback = status >= 500 ? BY_STATUS[502] : BY_STATUS[400];
  const [type, code] = BY_STATUS[status] ?? fallback ?? ['server_error', null];
  return {
    status,
    body: {
      error: {
        message: error.message,
        type: error.code === 'upstream_quota' ? 'insufficient_quota' : type,
        param: error.path ?? null,
        code: tellingCode(error.upstreamCode) ?? BY_CODE[error.code] ?? error.upstreamCode ?? code,
      },
    },
  };
}

/** `response.error` of an answer that failed on its way. */
export function encodeResponseError(event: ErrorEvent): JsonObject {
  return { code: BY_CODE[event.code] ?? event.upstreamCode ?? 'server_error', message: event.message };
}

/**
 * The members of the `error` event as text: in `error` as OpenAI sends them and its SDKs raise them, and flat as its
 * reference has them. https://platform.openai.com/docs/api-reference/responses-streaming/error
 */
export function encodeErrorEvent(event: ErrorEvent): string {
  const { code, message } = encodeResponseError(event);
  const members: JsonObject = { code: code ?? null, message: message ?? '', param: null };
  const error: JsonObject = {
    type: ERRORS[event.code].status < 500 ? 'invalid_request_error' : 'server_error',
    ...members,
  };
  return JSON.stringify({ ...members, error }).slice(1, -1);
}

/** Any body, JSON or text, as the error it tells. Never throws. */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const json = parseJson(body);
    if (json !== undefined && typeof json === 'object' && json !== null) return decodeError(json);
    return { message: plainText(body) };
  }
  const object = asObject(Array.isArray(body) ? body[0] : body) ?? {};
  const nested = object['error'] ?? asObject(object['response'])?.['error'];
  const error = asObject(nested) ?? object;
  const text =
    asString(error['message']) ?? asString(nested) ?? asString(object['detail']) ?? asString(object['message']);
  const type = asString(error['type']);
  const code = asString(error['code']) ?? asNumber(error['code'])?.toString();
  const retryAfterMs = resetInMs(error);
  return {
    message: text === undefined || text.trim() === '' ? NO_MESSAGE : plainText(text),
    ...(type !== undefined && type !== 'error' && { type }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** An error inside an answer: an `error` event, a failed response, a body with `error`. */
export function errorEvent(body: JsonValue): ErrorEvent {
  return eventOf(decodeError(body));
}

/** An error body as the hub's event. */
function eventOf(body: UpstreamErrorBody): ErrorEvent {
  const upstreamCode = body.code ?? body.type;
  return {
    type: 'error',
    code: classifyUpstreamError(body),
    message: body.message,
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...(body.retryAfterMs !== undefined && { retryAfterMs: body.retryAfterMs }),
  };
}

function plainText(text: string): string {
  const plain = text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? NO_MESSAGE : plain.slice(0, MESSAGE_LIMIT);
}

/** `resets_in_seconds`, or `resets_at` in Unix seconds, as Codex's usage limit says it. */
function resetInMs(error: JsonObject): number | undefined {
  const seconds = asNumber(error['resets_in_seconds']);
  if (seconds !== undefined) return Math.round(seconds * 1_000);
  const at = asNumber(error['resets_at']);
  return at === undefined ? undefined : Math.max(0, at * 1_000 - Date.now());
}
