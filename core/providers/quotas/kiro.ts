/** A Kiro account's credits: GetUsageLimits of the service that it is asked at. */
import { asNumber, asObject, asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
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
    const resetAtMs = resetOf(answer['nextDateReset']);
    // Where that is turned on, the account serves beyond its credits, for money.
    const goesOn = asObject(answer['overageConfiguration'])?.['overageStatus'] === 'ENABLED';
    const windows = objectsOf(answer['usageBreakdownList']).map((entry): QuotaWindow => {
      const parts = partsOf(entry);
      const used = sum(parts, 'currentUsage');
      const total = sum(parts, 'usageLimit');
      return {
        ...{ name: 'credits', used, total, remaining: Math.max(0, total - used) },
        usedPercent: total > 0 ? (used / total) * 100 : 100,
        ...(resetAtMs !== undefined && { resetAtMs }),
        ...(goesOn && { models: [] }),
      };
    });
    const plan = asString(asObject(answer['subscriptionInfo'])?.['subscriptionTitle']);
    return windows.length === 0 ? undefined : { ...(plan !== undefined && { plan }), windows };
  },
};

/** Credits of a trial and those that were given on top are used before the month's. */
function partsOf(entry: JsonObject): readonly JsonObject[] {
  const trial = asObject(entry['freeTrialInfo']);
  const bonuses = objectsOf(entry['bonuses']).filter(({ status }) => status === 'ACTIVE');
  return [entry, ...(trial?.['freeTrialStatus'] === 'ACTIVE' ? [trial] : []), ...bonuses];
}

/** Seconds since the epoch; milliseconds and text have been seen. */
function resetOf(value: JsonValue | undefined): number | undefined {
  const figure = asNumber(value);
  const ms = figure === undefined ? Date.parse(asString(value) ?? '') : figure < 1e11 ? figure * 1_000 : figure;
  return Number.isFinite(ms) ? ms : undefined;
}

/** The figure with decimals where there is one. */
function sum(parts: readonly JsonObject[], member: string): number {
  return parts.reduce(
    (all, part) => all + (asNumber(part[`${member}WithPrecision`]) ?? asNumber(part[member]) ?? 0),
    0,
  );
}
