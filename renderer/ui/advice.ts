/** What a person can do about a failure, by the code of its error (`core/base/errors.ts`). */

export interface Advice {
  /** Names its text: `advice.<kind>`. */
  readonly kind: 'account' | 'budget' | 'fallback' | 'input' | 'log' | 'model' | 'network' | 'wait';
  /** The page where it is done. */
  readonly path: string;
}

const ADVICE: readonly (Advice & { readonly codes: readonly string[] })[] = [
  {
    kind: 'account',
    path: '/providers',
    codes: ['upstream_auth', 'upstream_permission', 'no_connection', 'login_expired', 'token_unavailable'],
  },
  { kind: 'fallback', path: '/combos', codes: ['upstream_quota', 'upstream_rate_limited', 'exhausted'] },
  { kind: 'budget', path: '/keys', codes: ['budget_exceeded'] },
  { kind: 'model', path: '/providers', codes: ['model_not_found', 'upstream_model_not_found', 'ambiguous_model'] },
  { kind: 'network', path: '/settings', codes: ['upstream_unreachable', 'proxy_failed', 'upstream_timeout'] },
  { kind: 'wait', path: '/limits', codes: ['upstream_overloaded', 'upstream_server_error', 'upstream_stream_cut'] },
  {
    kind: 'input',
    path: '/logs',
    codes: ['upstream_bad_request', 'upstream_context_length', 'upstream_payload_too_large', 'upstream_content_policy'],
  },
];
const ELSE: Advice = { kind: 'log', path: '/logs' };

export function adviceFor(code: string | undefined): Advice {
  return ADVICE.find(({ codes }) => code !== undefined && codes.includes(code)) ?? ELSE;
}
