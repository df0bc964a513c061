/** Gemini Code Assist's requests of each model: retrieveUserQuota (google-gemini/gemini-cli, code_assist/server.ts). */
import { asNumber, asString, objectsOf } from '../../base/json.ts';
import type { QuotaSource, QuotaWindow } from '../quota.ts';

export const codeAssistQuota: QuotaSource = {
  request: ({ data }) => {
    const project = asString(data['projectId']);
    return {
      ...{ method: 'POST', host: 'api', path: '/v1internal:retrieveUserQuota' },
      body: project === undefined ? {} : { project },
    };
  },
  read(answer) {
    const windows = objectsOf(answer['buckets']).flatMap((bucket): QuotaWindow[] => {
      const [model, fraction] = [asString(bucket['modelId']), asNumber(bucket['remainingFraction'])];
      if (model === undefined || fraction === undefined) return [];
      const resetAtMs = Date.parse(asString(bucket['resetTime']) ?? '');
      const remaining = Number(asString(bucket['remainingAmount']) ?? Number.NaN);
      return [
        {
          ...{ name: model, usedPercent: (1 - fraction) * 100, models: [model] },
          ...(Number.isFinite(remaining) && { remaining }),
          ...(Number.isFinite(resetAtMs) && { resetAtMs }),
        },
      ];
    });
    return windows.length === 0 ? undefined : { windows: tightest(windows) };
  },
};

/** A model may have several, one for each kind of token: the one with the least left. */
function tightest(windows: readonly QuotaWindow[]): readonly QuotaWindow[] {
  const byModel = new Map<string, QuotaWindow>();
  for (const window of windows)
    if (window.usedPercent > (byModel.get(window.name)?.usedPercent ?? -1)) byModel.set(window.name, window);
  return [...byModel.values()];
}
