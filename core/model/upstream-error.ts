/**
 * What an upstream's error means: its HTTP status, its type and code, and only then well-known phrases of vendors that
 * tell nothing else (https://docs.anthropic.com/en/api/errors, https://platform.openai.com/docs/guides/error-codes,
 * https://ai.google.dev/gemini-api/docs/troubleshooting). This is the one place where message text is read; all others
 * use the resulting code.
 */
import { ERRORS, type ErrorCode, type LimitScope, OmniError } from '../base/errors.ts';

/** An upstream's error as its format's decoder read it. */
export interface UpstreamErrorBody {
  readonly message: string;
  /** `error.type`, `error.status`: `overloaded_error`, `RESOURCE_EXHAUSTED`. */
  readonly type?: string;
  /** `error.code`: `insufficient_quota`. */
  readonly code?: string;
  /** How long the upstream asks to wait, where the body says so. */
  readonly retryAfterMs?: number;
  /** What the limit holds for, where the body says so. */
  readonly limitScope?: LimitScope;
}

/** A map, since the word is the upstream's: an object would also know `constructor`. */
const BY_WORD: ReadonlyMap<string, ErrorCode> = new Map(
  Object.entries<ErrorCode>({
    // OpenAI
    insufficient_quota: 'upstream_quota',
    billing_hard_limit_reached: 'upstream_quota',
    usage_limit_reached: 'upstream_quota',
    rate_limit_exceeded: 'upstream_rate_limited',
    tokens: 'upstream_rate_limited',
    requests: 'upstream_rate_limited',
    invalid_api_key: 'upstream_auth',
    context_length_exceeded: 'upstream_context_length',
    string_above_max_length: 'upstream_context_length',
    content_policy_violation: 'upstream_content_policy',
    content_filter: 'upstream_content_policy',
    model_not_found: 'upstream_model_not_found',
    server_error: 'upstream_server_error',
    invalid_prompt: 'upstream_bad_request',
    // Anthropic
    authentication_error: 'upstream_auth',
    permission_error: 'upstream_permission',
    billing_error: 'upstream_quota',
    rate_limit_error: 'upstream_rate_limited',
    overloaded_error: 'upstream_overloaded',
    api_error: 'upstream_server_error',
    timeout_error: 'upstream_timeout',
    request_too_large: 'upstream_payload_too_large',
    not_found_error: 'upstream_model_not_found',
    // Google (google.rpc.Code names)
    unauthenticated: 'upstream_auth',
    permission_denied: 'upstream_permission',
    resource_exhausted: 'upstream_rate_limited',
    unavailable: 'upstream_overloaded',
    deadline_exceeded: 'upstream_timeout',
    internal: 'upstream_server_error',
    not_found: 'upstream_model_not_found',
    // AWS, by type and by reason
    throttlingexception: 'upstream_rate_limited',
    servicequotaexceededexception: 'upstream_quota',
    accessdeniedexception: 'upstream_permission',
    unauthorizedexception: 'upstream_auth',
    expiredtokenexception: 'upstream_auth',
    unrecognizedclientexception: 'upstream_auth',
    internalserverexception: 'upstream_server_error',
    serviceunavailableexception: 'upstream_overloaded',
    monthly_request_count: 'upstream_quota',
    insufficient_model_capacity: 'upstream_overloaded',
    content_length_exceeds_threshold: 'upstream_context_length',
    invalid_model_id: 'upstream_model_not_found',
  }),
);

/** The telling words stand at the beginning; the search through a long text would take time with its square. */
const PHRASE_WITHIN = 2_000;

const BY_PHRASE: readonly (readonly [RegExp, ErrorCode])[] = [
  [/api key not valid|invalid api key|incorrect api key|api key expired/i, 'upstream_auth'],
  [
    /insufficient (quota|balance|credit)|credit balance is too low|exceeded your current quota|payment required|out of credits/i,
    'upstream_quota',
  ],
  [/exhausted (?:your|the)\b[^.]{0,40}\bquota|quota (?:is|has been) exhausted/i, 'upstream_quota'],
  [/rate limit|too many requests|quota exceeded|usage limit/i, 'upstream_rate_limited'],
  [/overloaded|(?:at|no|over|insufficient) capacity|capacity (?:exceeded|exhausted)/i, 'upstream_overloaded'],
  // Anthropic's gate, for a moment; a gateway behind this one (facts.md E.2).
  [/request not allowed/i, 'upstream_overloaded'],
  [/no credentials/i, 'upstream_permission'],
  [
    /context (length|window|size|limit)|(prompt|input) (is )?too long|maximum (context|prompt)|too many tokens|(prompt|input) token count\b.{0,40}\bexceeds/i,
    'upstream_context_length',
  ],
  [/model\b.*\b(not found|does not exist|not exist|not supported|unknown)/i, 'upstream_model_not_found'],
];

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'upstream_bad_request',
  401: 'upstream_auth',
  402: 'upstream_quota',
  403: 'upstream_permission',
  404: 'upstream_model_not_found',
  405: 'upstream_model_not_found',
  406: 'upstream_server_error',
  408: 'upstream_timeout',
  409: 'upstream_overloaded',
  410: 'upstream_model_not_found',
  413: 'upstream_payload_too_large',
  425: 'upstream_overloaded',
  429: 'upstream_rate_limited',
  451: 'upstream_permission',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
  524: 'upstream_timeout',
  529: 'upstream_overloaded',
};

/** The table's row for an upstream's error. `status` is absent for an error inside a stream. */
export function classifyUpstreamError(body: UpstreamErrorBody, status?: number): ErrorCode {
  const word = BY_WORD.get(body.code?.toLowerCase() ?? '') ?? BY_WORD.get(body.type?.toLowerCase() ?? '');
  if (word !== undefined) return word;
  const byStatus = status === undefined ? undefined : BY_STATUS[status];
  // A plain status is trusted, except those that vendors are known to send for quota and auth alike.
  if (byStatus !== undefined && status !== 400 && status !== 403 && status !== 404) return byStatus;
  const beginning = body.message.slice(0, PHRASE_WITHIN);
  const phrase = BY_PHRASE.find(([expression]) => expression.test(beginning));
  if (phrase !== undefined) return phrase[1];
  if (byStatus !== undefined) return byStatus;
  return status !== undefined && status >= 400 && status < 500 ? 'upstream_bad_request' : 'upstream_server_error';
}

const SAYS_NO_MORE = /^(invalid_request_error|invalid_argument|bad_?request(error)?|\d+)$/i;

/** The upstream's code for clients that switch on codes; undefined where it says no more than the status does. */
export function tellingCode(upstreamCode: string | undefined): string | undefined {
  return upstreamCode === undefined || SAYS_NO_MORE.test(upstreamCode) ? undefined : upstreamCode;
}

/** The upstream's error as ours. */
export function upstreamError(body: UpstreamErrorBody, status?: number): OmniError {
  const upstreamCode = body.code ?? body.type;
  const code = classifyUpstreamError(body, status);
  const retryAfterMs = body.retryAfterMs ?? waitIn({ code, message: body.message });
  return new OmniError(code, body.message, {
    ...(status !== undefined && { status }),
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(body.limitScope !== undefined && { limitScope: body.limitScope }),
  });
}

/** How long the words of a limit ask to wait; undefined for any other error. */
export function waitIn({ code, message }: Pick<OmniError, 'code' | 'message'>): number | undefined {
  return ERRORS[code].status === 429 ? waitInWords(message) : undefined;
}

const AMOUNT = String.raw`(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)?`;
const WAIT = new RegExp(
  String.raw`(?:retry after|try again in|retry in|resets? (?:after|in)|available again in)\s*:?\s*((?:${AMOUNT}(?:[\s,]|and)*){1,4})`,
  'i',
);
const UNITS_MS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|milli)/i, 1],
  [/^s/i, 1_000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, 86_400_000],
];

/** A wait that is told only in words: `Please try again in 1m2.5s`, `reset after 2h7m23s`, `retry after 20 seconds`. */
function waitInWords(message: string): number | undefined {
  const words = WAIT.exec(message.slice(0, PHRASE_WITHIN))?.[1];
  if (words === undefined) return undefined;
  return [...words.matchAll(new RegExp(AMOUNT, 'gi'))].reduce((sum, [, amount = '0', unit = 's']) => {
    const unitMs = UNITS_MS.find(([name]) => name.test(unit))?.[1] ?? 0;
    return sum + Number(amount) * unitMs;
  }, 0);
}
