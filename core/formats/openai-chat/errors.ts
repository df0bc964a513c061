/**
 * Errors, both ways. Towards clients: `{error: {message, type, param, code}}`
 * (https://platform.openai.com/docs/guides/error-codes). From upstreams: whatever the many compatible hosts send.
 */
import { ERRORS, type ErrorCode, type OmniError } from '../../base/errors.ts';
import {
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  objectsOf,
  parseJson,
} from '../../base/json.ts';
import { shortErrorText } from '../../model/error-text.ts';
import type { ErrorEvent } from '../../model/event.ts';
import { classifyUpstreamError, tellingCode, type UpstreamErrorBody } from '../../model/upstream-error.ts';

/** Codes that SDKs and tools switch on; everything else is told by its status. */
const CODES: Partial<Record<ErrorCode, string>> = {
  unsupported_parameter: 'unsupported_parameter',
  upstream_context_length: 'context_length_exceeded',
  upstream_content_policy: 'content_policy_violation',
  upstream_quota: 'insufficient_quota',
  payload_too_large: 'PAYLOAD_TOO_LARGE',
};

const BY_STATUS: Readonly<Record<number, readonly [type: string, code: string]>> = {
  400: ['invalid_request_error', 'bad_request'],
  401: ['authentication_error', 'invalid_api_key'],
  403: ['permission_error', 'insufficient_quota'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
  500: ['server_error', 'internal_server_error'],
  502: ['server_error', 'bad_gateway'],
  503: ['server_error', 'service_unavailable'],
  504: ['server_error', 'gateway_timeout'],
};

interface ErrorFacts {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly upstreamCode: string | undefined;
}

function errorFields({ code, status, message, upstreamCode }: ErrorFacts): JsonObject {
  const [type, byStatus] = BY_STATUS[status] ?? [status >= 500 ? 'server_error' : 'invalid_request_error', code];
  return { message, type, code: tellingCode(upstreamCode) ?? CODES[code] ?? upstreamCode ?? byStatus };
}

/** The body and status of an error answer. `param` is the path of what is wrong in the request, else null. */
export function encodeError(error: OmniError): { readonly status: number; readonly body: JsonObject } {
  const fields = errorFields(error);
  return { status: error.status, body: { error: { ...fields, param: error.path ?? null } } };
}

/** What a failed reply says: the only chunk after it, or the whole body. */
export function encodeErrorEvent(event: ErrorEvent): JsonObject {
  const { code, message, upstreamCode } = event;
  return { error: errorFields({ code, message, upstreamCode, status: ERRORS[code].status }) };
}

/**
 * Reads an error body of any shape: OpenAI's, an array of one (Google), `detail` (FastAPI), `errors`, `base_resp`
 * (MiniMax), OpenRouter's wrapped upstream error, plain text or an HTML page. Never throws.
 */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return isObject(parsed) || Array.isArray(parsed) ? decodeError(parsed) : { message: shortErrorText(body) };
  }
  if (Array.isArray(body)) return decodeError(body.find(isObject) ?? body.map((item) => textOf(item)).join(' '));
  if (!isObject(body)) return { message: shortErrorText('') };
  const inner = innermost(body);
  const code = word(inner['code']) ?? word(body['code']) ?? word(asObject(body['base_resp'])?.['status_code']);
  const type = asString(inner['type']) ?? asString(inner['status']);
  const retryAfterMs = retryAfter(inner);
  return {
    message: shortErrorText(messageOf(body, inner)),
    ...(type !== undefined && type !== '' && { type }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function innermost(body: JsonObject): JsonObject {
  return asObject(body['error']) ?? objectsOf(body['errors'])[0] ?? asObject(body['detail']) ?? body;
}

function word(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const MESSAGE_NAMES = ['message', 'msg', 'error_msg', 'error_message', 'detail', 'error', 'title'];

function messageOf(body: JsonObject, inner: JsonObject): string {
  // OpenRouter says "Provider returned error" and puts the provider's own words into metadata.raw.
  const raw = asString(asObject(inner['metadata'])?.['raw']);
  const wrapped = raw === undefined ? '' : textOf(parseJson(raw) ?? raw);
  const plain = textOf(inner) || textOf(body) || textOf(body['base_resp']) || JSON.stringify(body);
  return wrapped === '' || wrapped === plain ? plain : `${plain}: ${wrapped}`;
}

/** The words in a value: a string, or the first named message in an object or list. */
function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value
      .map((item) => textOf(item))
      .filter((text) => text !== '')
      .join('; ');
  if (!isObject(value)) return '';
  for (const name of [...MESSAGE_NAMES, 'status_msg']) {
    const text = textOf(value[name]);
    if (text !== '') return text;
  }
  return '';
}

/** `resets_in_seconds`, `retry_after` (both seconds), `resets_at` (Unix seconds) or Google's RetryInfo (`"34.07s"`), as milliseconds. */
function retryAfter(error: JsonObject): number | undefined {
  const seconds = asNumber(error['resets_in_seconds']) ?? asNumber(error['retry_after']);
  if (seconds !== undefined) return Math.round(seconds * 1_000);
  const at = asNumber(error['resets_at']);
  if (at !== undefined) return Math.max(0, at * 1_000 - Date.now());
  for (const detail of objectsOf(error['details'])) {
    const delay = /^([\d.]+)s$/.exec(asString(detail['retryDelay']) ?? '')?.[1];
    if (delay !== undefined) return Math.round(Number(delay) * 1_000);
  }
  return undefined;
}

/**
 * The error in a body or chunk that came with status 200; undefined when it holds none. Besides an `error` member this
 * is `object: "error"` (vLLM) and a `base_resp` with a status other than 0 (MiniMax).
 */
export function errorInAnswer(body: JsonObject): UpstreamErrorBody | undefined {
  const error = body['error'];
  const isNamed = (isObject(error) && Object.keys(error).length > 0) || (typeof error === 'string' && error !== '');
  const status = asNumber(asObject(body['base_resp'])?.['status_code']) ?? 0;
  return isNamed || body['object'] === 'error' || status !== 0 ? decodeError(body) : undefined;
}

/** An upstream's error inside an answer as the event that ends the reply. A numeric code counts as the HTTP status. */
export function errorEvent(error: UpstreamErrorBody): ErrorEvent {
  const number = Number(error.code);
  const status = number >= 400 && number < 600 ? number : undefined;
  const upstreamCode = error.code ?? error.type;
  return {
    type: 'error',
    code: classifyUpstreamError(error, status),
    message: error.message,
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}
