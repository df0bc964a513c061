/** A Kiro account's credits: GetUsageLimits of the service that it is asked at. */
import { asNumber, asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import type { QuotaSource, QuotaWindow } from '../quota.ts';

export const kiroQuota: QuotaSource = {
  request: ({ data }) => {
    const profileArn = asString(data['profileArn']);
    return {
      ...{ method: 'POST', host: 'account', path: '/' },
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonCodeWhispererService.GetUsageLimits',
      },
      body: {
        ...{ origin: 'AI_EDITOR', resourceType: 'AGENTIC_REQUEST' },
        ...(profileArn !== undefined && { profileArn }),
      },
    };
  },
  read(answer) {
    const resetS = asNumber(answer['nextDateReset']);
    const windows = objectsOf(answer['usageBreakdownList']).map((entry): QuotaWindow => {
      const trial = asObject(entry['freeTrialInfo']);
      // Credits of a trial are used before the month's.
      const parts = trial?.['freeTrialStatus'] === 'ACTIVE' ? [entry, trial] : [entry];
      const used = sum(parts, 'currentUsage');
      const total = sum(parts, 'usageLimit');
      return {
        ...{ name: 'credits', used, total, remaining: Math.max(0, total - used) },
        usedPercent: total > 0 ? (used / total) * 100 : 100,
        ...(resetS !== undefined && { resetAtMs: resetS * 1_000 }),
      };
    });
    const plan = asString(asObject(answer['subscriptionInfo'])?.['subscriptionTitle']);
    return windows.length === 0 ? undefined : { ...(plan !== undefined && { plan }), windows };
  },
};

/** The figure with decimals where there is one. */
function sum(parts: readonly JsonObject[], member: string): number {
  return parts.reduce(
    (all, part) => all + (asNumber(part[`${member}WithPrecision`]) ?? asNumber(part[member]) ?? 0),
    0,
  );
}
