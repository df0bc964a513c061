/**
 * Every failure of the core is one row of this table. Callers decide by `code`, `blame` and `retry`, never by message
 * text; messages are for people. `blame` says whose fault it is, and so what routing may do about it:
 * `request` (return it), `credential` (another account), `model` (another model), `provider` (another provider),
 * `gateway` (ours).
 */
export type Blame = 'request' | 'credential' | 'model' | 'provider' | 'gateway';

interface ErrorRow {
  readonly status: number;
  /** May the same request be sent elsewhere (another account, model or provider)? */
  readonly retry: boolean;
  readonly blame: Blame;
}

export const ERRORS = {
  // What the caller sent.
  invalid_json: { status: 400, retry: false, blame: 'request' },
  invalid_request: { status: 400, retry: false, blame: 'request' },
  unsupported_parameter: { status: 400, retry: false, blame: 'request' },
  ambiguous_model: { status: 400, retry: false, blame: 'request' },
  media_unavailable: { status: 400, retry: false, blame: 'request' },
  missing_api_key: { status: 401, retry: false, blame: 'request' },
  invalid_api_key: { status: 401, retry: false, blame: 'request' },
  unauthenticated: { status: 401, retry: false, blame: 'request' },
  wrong_password: { status: 401, retry: false, blame: 'request' },
  setup_required: { status: 403, retry: false, blame: 'request' },
  permission_denied: { status: 403, retry: false, blame: 'request' },
  forbidden_host: { status: 403, retry: false, blame: 'request' },
  forbidden_origin: { status: 403, retry: false, blame: 'request' },
  model_not_found: { status: 404, retry: false, blame: 'request' },
  not_found: { status: 404, retry: false, blame: 'request' },
  method_not_allowed: { status: 405, retry: false, blame: 'request' },
  conflict: { status: 409, retry: false, blame: 'request' },
  payload_too_large: { status: 413, retry: false, blame: 'request' },
  unsupported_media_type: { status: 415, retry: false, blame: 'request' },
  upgrade_required: { status: 426, retry: false, blame: 'request' },
  forbidden_address: { status: 403, retry: false, blame: 'request' },
  budget_exceeded: { status: 429, retry: false, blame: 'request' },
  /** A sign-in at a provider ended without an account; the message says why and what to do. */
  login_failed: { status: 400, retry: false, blame: 'request' },
  too_many_attempts: { status: 429, retry: false, blame: 'request' },
  client_closed: { status: 499, retry: false, blame: 'request' },
  // What the gateway lacks.
  no_connection: { status: 400, retry: true, blame: 'credential' },
  /** The account's login is over: a person must sign in again. */
  login_expired: { status: 401, retry: true, blame: 'credential' },
  /** No token is to be had at the moment: the provider's token endpoint fails. */
  token_unavailable: { status: 503, retry: true, blame: 'credential' },
  exhausted: { status: 503, retry: true, blame: 'provider' },
  /** The network proxy that the user set cannot be used; nothing is sent around it. */
  proxy_failed: { status: 502, retry: true, blame: 'gateway' },
  /** The key to the stored secrets is out of reach: the keychain is locked, say. Nothing sealed can be used meanwhile. */
  vault_closed: { status: 503, retry: false, blame: 'gateway' },
  /** By the user, until the user resumes. */
  paused: { status: 503, retry: false, blame: 'gateway' },
  shutting_down: { status: 503, retry: false, blame: 'gateway' },
  internal: { status: 500, retry: false, blame: 'gateway' },
  // What an upstream answered.
  upstream_bad_request: { status: 400, retry: false, blame: 'request' },
  upstream_context_length: { status: 400, retry: false, blame: 'request' },
  upstream_content_policy: { status: 400, retry: false, blame: 'request' },
  upstream_payload_too_large: { status: 413, retry: false, blame: 'request' },
  upstream_auth: { status: 401, retry: true, blame: 'credential' },
  upstream_permission: { status: 403, retry: true, blame: 'credential' },
  upstream_quota: { status: 429, retry: true, blame: 'credential' },
  upstream_rate_limited: { status: 429, retry: true, blame: 'credential' },
  upstream_model_not_found: { status: 404, retry: true, blame: 'model' },
  upstream_overloaded: { status: 503, retry: true, blame: 'provider' },
  upstream_server_error: { status: 502, retry: true, blame: 'provider' },
  upstream_timeout: { status: 504, retry: true, blame: 'provider' },
  upstream_unreachable: { status: 502, retry: true, blame: 'provider' },
  upstream_bad_response: { status: 502, retry: true, blame: 'provider' },
  /** An answer without text, tool call, reasoning or a reason for that. */
  upstream_empty: { status: 502, retry: true, blame: 'model' },
  upstream_stream_cut: { status: 502, retry: true, blame: 'provider' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetails {
  /** Where in the request the fault lies, as a JSON path: `messages[2].content[0].image_url`. */
  readonly path?: string;
  /** How long the caller should wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The HTTP status the upstream answered with, where one did; it wins over the table's. */
  readonly status?: number;
  /** The upstream's own error type or code, verbatim, for callers that switch on it. */
  readonly upstreamCode?: string;
  /** What an upstream's limit holds for, where it says so. */
  readonly limitScope?: LimitScope;
  readonly cause?: unknown;
}

/** The whole account, or one model of it. */
export type LimitScope = 'account' | 'model';

/** The one error class of the core. `message` never holds a secret: it may reach a client and a log. */
export class OmniError extends Error {
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly upstreamCode: string | undefined;
  readonly limitScope: LimitScope | undefined;
  readonly #status: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'OmniError';
    this.code = code;
    this.path = details.path;
    this.retryAfterMs = details.retryAfterMs;
    this.upstreamCode = details.upstreamCode;
    this.limitScope = details.limitScope;
    this.#status = details.status;
  }

  /** The HTTP status to answer with. */
  get status(): number {
    return this.#status ?? ERRORS[this.code].status;
  }
  get blame(): Blame {
    return ERRORS[this.code].blame;
  }
  get retry(): boolean {
    return ERRORS[this.code].retry;
  }
}

/** Any thrown value as an OmniError; what is not one becomes `internal` with the original as its cause. */
export function toOmniError(error: unknown): OmniError {
  if (error instanceof OmniError) return error;
  return new OmniError('internal', 'The gateway failed on this request. The log has the details.', { cause: error });
}
