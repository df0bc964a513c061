/**
 * What an answer's headers say about limits: OpenAI's and its followers' `x-ratelimit-*`
 * (https://platform.openai.com/docs/guides/rate-limits), Anthropic's `anthropic-ratelimit-*`
 * (https://docs.anthropic.com/en/api/rate-limits), Retry-After (RFC 9110, 10.2.3), Fireworks' `x-ratelimit-over-limit`,
 * and the fields that many hosts took from a draft (https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06).
 */
import { waitFromText } from '../base/duration.ts';
import type { LimitReport, LimitWindow } from '../routing/limit-report.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Some name the window (https://inference-docs.cerebras.ai/support/rate-limits). */
const PERIODS = ['', '-minute', '-hour', '-day'] as const;
const NOTHING: LimitReport = {};
const TELLS = /^(?:retry-after|x-ratelimit-|anthropic-ratelimit-|ratelimit)/;

/** The report; empty when the headers tell nothing, which costs one look at their names. */
export function readLimits(headers: Headers, nowMs: number): LimitReport {
  let tells = false;
  for (const name in headers) {
    if (TELLS.test(name)) {
      tells = true;
      break;
    }
  }
  if (!tells) return NOTHING;
  const read = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : value?.[0];
  };
  const retryAfterMs = retryAfter(read, nowMs);
  const requests = tightest(
    ...PERIODS.map((period) => windowOf(read, { stem: 'x-ratelimit-', kind: `-requests${period}`, nowMs })),
    windowOf(read, { stem: 'anthropic-ratelimit-requests-', kind: '', nowMs }),
    windowOf(read, { stem: 'x-ratelimit-', kind: '', nowMs }),
    windowOf(read, { stem: 'ratelimit-', kind: '', nowMs }),
  );
  const tokens = tightest(
    ...PERIODS.map((period) => windowOf(read, { stem: 'x-ratelimit-', kind: `-tokens${period}`, nowMs })),
    windowOf(read, { stem: 'anthropic-ratelimit-tokens-', kind: '', nowMs }),
    windowOf(read, { stem: 'anthropic-ratelimit-input-tokens-', kind: '', nowMs }),
    windowOf(read, { stem: 'anthropic-ratelimit-output-tokens-', kind: '', nowMs }),
  );
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(requests && { requests }),
    ...(tokens && { tokens }),
    ...(read('x-ratelimit-over-limit') === 'yes' && { isOverLimit: true }),
  };
}

/** How long a refusal asks to wait: its Retry-After, else until the window that is used up begins anew. */
export function waitAfterRefusal({ retryAfterMs, requests, tokens }: LimitReport): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const resets = [requests, tokens].flatMap((window) =>
    window?.remaining !== undefined && window.remaining <= 0 ? (window.resetAfterMs ?? []) : [],
  );
  return resets.length === 0 ? undefined : Math.max(...resets);
}

type Read = (name: string) => string | undefined;

function retryAfter(read: Read, nowMs: number): number | undefined {
  const exact = Number(read('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  // A subscription's window that is used up: Claude Code reads the same headers.
  const isRejected = read('anthropic-ratelimit-unified-status') === 'rejected';
  const value = read('retry-after') ?? (isRejected ? read('anthropic-ratelimit-unified-reset') : undefined);
  return value === undefined ? undefined : waitFromText(value, nowMs);
}

function windowOf(
  read: Read,
  { stem, kind, nowMs }: { readonly stem: string; readonly kind: string; readonly nowMs: number },
): LimitWindow | undefined {
  const [limit, remaining] = [numberIn(read(`${stem}limit${kind}`)), numberIn(read(`${stem}remaining${kind}`))];
  const reset = read(`${stem}reset${kind}`);
  const resetAfterMs = reset === undefined ? undefined : waitFromText(reset, nowMs);
  if (limit === undefined && remaining === undefined && resetAfterMs === undefined) return undefined;
  return {
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetAfterMs !== undefined && { resetAfterMs }),
  };
}

function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** The window with the least left; of two that are used up the one that resets last. */
function tightest(...windows: readonly (LimitWindow | undefined)[]): LimitWindow | undefined {
  const known = windows.filter((window) => window !== undefined);
  const left = ({ remaining }: LimitWindow): number => Math.max(0, remaining ?? Number.POSITIVE_INFINITY);
  return known.sort((a, b) => left(a) - left(b) || (b.resetAfterMs ?? 0) - (a.resetAfterMs ?? 0))[0];
}
