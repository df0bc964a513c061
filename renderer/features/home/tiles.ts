/** Accounts by provider, with the worst that is known of them. Pure. */
import type { Outputs } from '../../api.ts';
import type { State } from '../../ui/state-mark.tsx';

export type ConnectionList = Outputs['providers']['list'];
/** An account, as far as its tile looks at it. */
export type TileAccount = Pick<ConnectionList['connections'][number], 'provider' | 'isActive' | 'testStatus'>;

export interface Tile {
  readonly provider: string;
  /** The provider's name for people. */
  readonly name: string;
  readonly state: State;
  readonly accounts: number;
  /** All requests so far. */
  readonly requests: number;
  /** When what rests is tried again. */
  readonly untilMs?: number;
  /** Why it rests. */
  readonly message?: string;
  /** Absent where the provider tells none. */
  readonly quota?: TileQuota;
}

export interface Known {
  readonly snapshot: Outputs['live']['snapshot'] | undefined;
  readonly providers: Outputs['knownProviders']['list'] | undefined;
  readonly history: Outputs['usage']['history'] | undefined;
  readonly quotas: Outputs['quotas']['list'] | undefined;
}

/** What is left of the account that has most left, in its scarcest window. */
export interface TileQuota {
  /** 0 to 1. */
  readonly left: number;
  readonly window: string;
  readonly resetAt?: string;
}

/** In the order of their state: what needs a person comes first. */
export function tilesOf(connections: readonly TileAccount[], known: Known): readonly Tile[] {
  const names = new Map(known.providers?.providers.map(({ id, name }) => [id, name]));
  const byProvider = Map.groupBy(connections, ({ provider }) => provider);
  const tiles = [...byProvider].map(([provider, accounts]): Tile => {
    const resting = (known.snapshot?.resting ?? []).filter((rest) => rest.provider === provider);
    const breaker = known.snapshot?.openBreakers.find((open) => open.provider === provider);
    const first = resting.toSorted((left, right) => left.untilMs - right.untilMs)[0];
    const untilMs = breaker?.openUntilMs ?? first?.untilMs;
    const quota = quotaOf((known.quotas ?? []).filter((one) => one.provider === provider));
    return {
      provider,
      name: names.get(provider) ?? provider,
      state: stateOf(accounts, { hasRest: resting.length > 0, isOpen: breaker?.state === 'OPEN' }),
      accounts: accounts.length,
      requests: known.history?.byProvider[provider]?.requests ?? 0,
      ...(untilMs !== undefined && { untilMs }),
      ...(first !== undefined && { message: first.message }),
      ...(quota !== undefined && { quota }),
    };
  });
  return tiles.toSorted((left, right) => URGENCY.indexOf(left.state) - URGENCY.indexOf(right.state));
}

function quotaOf(quotas: Outputs['quotas']['list']): TileQuota | undefined {
  const scarcest = quotas.flatMap(({ windows }) => {
    const limited = windows.filter(({ unlimited }) => unlimited !== true);
    return limited.toSorted((left, right) => right.usedPercent - left.usedPercent).slice(0, 1);
  });
  const best = scarcest.toSorted((left, right) => left.usedPercent - right.usedPercent)[0];
  if (best === undefined) return undefined;
  const { usedPercent, name, resetAt } = best;
  return { left: Math.max(0, 1 - usedPercent / 100), window: name, ...(resetAt !== undefined && { resetAt }) };
}

const URGENCY: readonly State[] = ['failing', 'degraded', 'healthy', 'off'];
const BROKEN = new Set(['error', 'expired']);

function stateOf(accounts: readonly TileAccount[], { hasRest, isOpen }: { hasRest: boolean; isOpen: boolean }): State {
  // What has ended is switched off until somebody signs in again.
  const active = accounts.filter(({ isActive, testStatus }) => isActive || testStatus === 'expired');
  if (active.length === 0) return 'off';
  const broken = active.filter(({ testStatus }) => BROKEN.has(testStatus)).length;
  if (isOpen || broken === active.length) return 'failing';
  return broken > 0 || hasRest ? 'degraded' : 'healthy';
}
