/** A Claude plan's windows of five hours and of a week: GET /api/oauth/usage, as Claude Code's `/usage` shows them. */
import { asNumber, asObject, asString, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { QuotaSource, QuotaWindow } from '../quota.ts';

/** By the answer's members. Of the weekly windows two are for one family of models. */
const WINDOWS: readonly (readonly [member: string, name: string, models?: readonly string[]])[] = [
  ['five_hour', '5h'],
  ['seven_day', 'weekly'],
  ['seven_day_opus', 'weekly, Opus', ['*opus*']],
  ['seven_day_sonnet', 'weekly, Sonnet', ['*sonnet*']],
];

export const claudeQuota: QuotaSource = {
  request: () => ({
    ...{ method: 'GET', host: 'account', path: '/api/oauth/usage' },
    headers: { 'anthropic-beta': 'oauth-2025-04-20', 'anthropic-version': '2023-06-01' },
  }),
  read(answer) {
    const extra = asObject(answer['extra_usage']);
    // Where extra usage is on, the account serves beyond its windows.
    const goesOn = extra?.['is_enabled'] === true && (asNumber(extra['utilization']) ?? 0) < 100;
    const windows = WINDOWS.flatMap(([member, name, models]): QuotaWindow[] => {
      const window = windowOf(name, answer[member]);
      const holds = goesOn ? [] : models;
      return window === undefined ? [] : [{ ...window, ...(holds && { models: holds }) }];
    });
    const credits = extra?.['is_enabled'] === true ? creditsOf(extra) : [];
    return windows.length === 0 ? undefined : { windows: [...windows, ...credits] };
  },
};

/** `{utilization, resets_at}`: percent, and a time. */
function windowOf(name: string, value: JsonValue | undefined): QuotaWindow | undefined {
  const window = asObject(value);
  const usedPercent = asNumber(window?.['utilization']);
  if (usedPercent === undefined) return undefined;
  const resetAtMs = Date.parse(asString(window?.['resets_at']) ?? '');
  return { name, usedPercent, ...(Number.isFinite(resetAtMs) && { resetAtMs }) };
}

function creditsOf(extra: JsonObject): QuotaWindow[] {
  const [used, total] = [asNumber(extra['used_credits']), asNumber(extra['monthly_limit'])];
  const usedPercent = asNumber(extra['utilization']) ?? (used !== undefined && total ? (used / total) * 100 : 0);
  return [
    {
      ...{ name: 'extra usage', usedPercent, models: [] },
      ...(used !== undefined && { used }),
      ...(total !== undefined && { total }),
    },
  ];
}
