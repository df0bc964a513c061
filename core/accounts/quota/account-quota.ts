/** What is known of an account's quota, and how it is kept over a restart. */
import {
  asArray,
  asNumber,
  asObject,
  asString,
  compact,
  isObject,
  type JsonObject,
  type JsonValue,
} from '../../base/json.ts';
import type { QuotaWindow } from '../../providers/quota.ts';

export interface AccountQuota {
  readonly plan?: string;
  /** When the windows were read; absent: never yet. */
  readonly readAtMs?: number;
  readonly windows: readonly QuotaWindow[];
  /** Why the last attempt told nothing, for people. */
  readonly message?: string;
  /** The last attempt, whatever came of it. */
  readonly triedAtMs: number;
}

export function quotaToJson({ windows, ...rest }: AccountQuota): JsonObject {
  return {
    ...rest,
    windows: windows.map(({ models, ...window }) => ({ ...window, ...(models && { models: [...models] }) })),
  };
}

/** Undefined for what is no quota. */
export function quotaFromJson(value: JsonValue | undefined): AccountQuota | undefined {
  const kept = asObject(value);
  const triedAtMs = asNumber(kept?.['triedAtMs']);
  if (kept === undefined || triedAtMs === undefined) return undefined;
  const [plan, message] = [asString(kept['plan']), asString(kept['message'])];
  return {
    ...compact({ plan, message, readAtMs: asNumber(kept['readAtMs']) }),
    triedAtMs,
    windows: asArray(kept['windows']).flatMap(windowFromJson),
  };
}

function windowFromJson(value: JsonValue): QuotaWindow[] {
  if (!isObject(value)) return [];
  const [name, usedPercent] = [asString(value['name']), asNumber(value['usedPercent'])];
  if (name === undefined || usedPercent === undefined) return [];
  const globs = value['models'];
  return [
    {
      ...{ name, usedPercent },
      ...compact({
        used: asNumber(value['used']),
        total: asNumber(value['total']),
        remaining: asNumber(value['remaining']),
        resetAtMs: asNumber(value['resetAtMs']),
      }),
      ...(value['unlimited'] === true && { unlimited: true }),
      ...(Array.isArray(globs) && { models: globs.flatMap((glob) => asString(glob) ?? []) }),
    },
  ];
}
