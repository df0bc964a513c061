/** A Copilot plan's monthly requests: GET /copilot_internal/user with GitHub's own token, as VS Code shows them. */
import { asNumber, asObject, asString, type JsonObject } from '../../base/json.ts';
import type { QuotaSource, QuotaWindow } from '../quota.ts';

/** Premium requests that are used up leave the models that a plan includes, and completions are not made here. */
const NAMES: readonly (readonly [member: string, name: string, stops: boolean])[] = [
  ['premium_interactions', 'premium requests', false],
  ['chat', 'chat', true],
  ['completions', 'completions', false],
];

export const copilotQuota: QuotaSource = {
  request: () => ({
    ...{ method: 'GET', host: 'account', path: '/copilot_internal/user', accountTokenPrefix: 'token ' },
    headers: { 'user-agent': 'OmniRoute', 'x-github-api-version': '2025-04-01' },
  }),
  read(answer) {
    const plan = asString(answer['copilot_plan']);
    const windows = NAMES.flatMap(([member, name, stops]) => {
      const window = ofPaid(answer, member) ?? ofFree(answer, member);
      return window === undefined ? [] : [{ name, ...window, ...(!stops && { models: [] }) }];
    });
    return windows.length === 0 ? undefined : { ...(plan !== undefined && { plan }), windows };
  },
};

type Unnamed = Omit<QuotaWindow, 'name'>;

/** `quota_snapshots.chat {entitlement, remaining, percent_remaining, unlimited}`. */
function ofPaid(answer: JsonObject, member: string): Unnamed | undefined {
  const snapshot = asObject(asObject(answer['quota_snapshots'])?.[member]);
  if (snapshot === undefined) return undefined;
  if (snapshot['unlimited'] === true) return { usedPercent: 0, unlimited: true };
  const [total, remaining] = [asNumber(snapshot['entitlement']), asNumber(snapshot['remaining'])];
  const percent = asNumber(snapshot['percent_remaining']);
  if (percent === undefined && (total === undefined || remaining === undefined)) return undefined;
  return counted(total, remaining, {
    percentLeft: percent,
    reset: asString(answer['quota_reset_date_utc']) ?? asString(answer['quota_reset_date']),
  });
}

/** The free plan: `monthly_quotas.chat` and what is left of it, `limited_user_quotas.chat`. */
function ofFree(answer: JsonObject, member: string): Unnamed | undefined {
  const total = asNumber(asObject(answer['monthly_quotas'])?.[member]);
  const remaining = asNumber(asObject(answer['limited_user_quotas'])?.[member]);
  if (total === undefined || remaining === undefined) return undefined;
  return counted(total, remaining, { percentLeft: undefined, reset: asString(answer['limited_user_reset_date']) });
}

function counted(
  total: number | undefined,
  remaining: number | undefined,
  { percentLeft, reset }: { readonly percentLeft: number | undefined; readonly reset: string | undefined },
): Unnamed {
  const left = percentLeft ?? (total ? ((remaining ?? 0) / total) * 100 : 0);
  const resetAtMs = Date.parse(reset ?? '');
  return {
    usedPercent: 100 - left,
    ...(total !== undefined && { total }),
    ...(remaining !== undefined && { remaining: Math.max(0, remaining) }),
    ...(total !== undefined && remaining !== undefined && { used: total - remaining }),
    ...(Number.isFinite(resetAtMs) && { resetAtMs }),
  };
}
