/** A ChatGPT plan's windows: GET /backend-api/wham/usage, as Codex's `/status` shows them. */
import { asNumber, asObject, asString, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { QuotaSource, QuotaWindow } from '../quota.ts';

const NAMES: Readonly<Record<number, string>> = { 18000: '5h', 86400: 'daily', 604800: 'weekly', 2592000: 'monthly' };

export const codexQuota: QuotaSource = {
  request: ({ data }) => {
    const accountId = asString(data['accountId']);
    return {
      ...{ method: 'GET', host: 'account', path: '/backend-api/wham/usage' },
      headers: accountId === undefined ? {} : { 'chatgpt-account-id': accountId },
    };
  },
  read(answer, nowMs) {
    const limit = asObject(answer['rate_limit']);
    const review = asObject(answer['code_review_rate_limit']);
    const credits = creditsOf(asObject(answer['credits']));
    // Where credits are left, the account serves beyond its windows.
    const holds = credits.some(({ usedPercent }) => usedPercent < 100) ? { models: [] } : {};
    const windows = [
      ...windowOf(limit?.['primary_window'], '5h', nowMs).map((window) => ({ ...window, ...holds })),
      ...windowOf(limit?.['secondary_window'], 'weekly', nowMs).map((window) => ({ ...window, ...holds })),
      ...windowOf(review?.['primary_window'], 'code review', nowMs).map((window) => ({
        ...window,
        name: 'code review',
        models: [],
      })),
    ];
    const plan = asString(answer['plan_type']);
    if (windows.length === 0) return undefined;
    return { ...(plan !== undefined && { plan }), windows: [...windows, ...credits] };
  },
};

/** `{used_percent, limit_window_seconds, reset_at | reset_after_seconds}`. */
function windowOf(value: JsonValue | undefined, usual: string, nowMs: number): QuotaWindow[] {
  const window = asObject(value);
  const usedPercent = asNumber(window?.['used_percent']);
  if (window === undefined || usedPercent === undefined) return [];
  const resetAtMs = resetOf(window, nowMs);
  const name = NAMES[asNumber(window['limit_window_seconds']) ?? 0] ?? usual;
  return [{ name, usedPercent, ...(resetAtMs !== undefined && { resetAtMs }) }];
}

/** `{has_credits, unlimited, balance}`: bought ones, which are used where a window is not enough. */
function creditsOf(credits: JsonObject | undefined): QuotaWindow[] {
  if (credits?.['has_credits'] !== true) return [];
  if (credits['unlimited'] === true) return [{ name: 'credits', usedPercent: 0, unlimited: true, models: [] }];
  const balance = Number(credits['balance'] ?? Number.NaN);
  if (!Number.isFinite(balance)) return [];
  return [{ name: 'credits', usedPercent: balance > 0 ? 0 : 100, remaining: balance, models: [] }];
}

function resetOf(window: JsonObject, nowMs: number): number | undefined {
  const [atS, afterS] = [asNumber(window['reset_at']), asNumber(window['reset_after_seconds'])];
  if (atS !== undefined) return atS * 1_000;
  return afterS === undefined ? undefined : nowMs + afterS * 1_000;
}
