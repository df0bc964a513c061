/**
 * The rate limits as they run: what was admitted by account, what the provider told by account and model, and who waits.
 * The rules are `rate-limit.ts`'s.
 */
import { LRUCache } from 'lru-cache';
import type { LimitReport } from './limit-report.ts';
import {
  ended,
  forgotten,
  IDLE,
  isHeldBack,
  learned,
  type RateLimits,
  type RateState,
  started,
  waitMs,
} from './rate-limit.ts';
import type { LimitView, ResetScope } from './resilience.ts';

/** An account and one model of it, each by its key. */
export interface RatePlace {
  readonly provider: string;
  readonly id: string;
  /** `placeOf(id, model)` */
  readonly place: string;
}

/** Accounts times models whose limits are remembered. */
const RATES_MAX = 10_000;
const MINUTE_MS = 60_000;

export class LiveRates {
  readonly #limitsOf: (connectionId: string) => RateLimits | undefined;
  /** By account: what the user limits. By account and model: what the provider told. */
  readonly #states = new LRUCache<string, RateState>({ max: RATES_MAX });
  /** By account. */
  readonly #providers = new LRUCache<string, string>({ max: RATES_MAX });
  /** Requests that wait, by the accounts one of which they wait for. */
  readonly #queued = new Map<string, number>();

  /** @param limitsOf the limits the user set for a connection; undefined: none */
  constructor(limitsOf: (connectionId: string) => RateLimits | undefined) {
    this.#limitsOf = limitsOf;
  }

  /** How long until a request may begin: 0 now, infinite when only the end of another one tells. */
  waitMs({ id, place }: RatePlace, nowMs: number): number {
    const [ofAccount, ofModel] = [this.#states.get(id), this.#states.get(place)];
    return Math.max(
      ofAccount === undefined ? 0 : waitMs(ofAccount, this.#limitsOf(id), nowMs),
      ofModel === undefined ? 0 : waitMs(ofModel, undefined, nowMs),
    );
  }

  started({ provider, id, place }: RatePlace, nowMs: number): void {
    this.#providers.set(id, provider);
    this.#states.set(id, started(this.#states.get(id) ?? IDLE, this.#limitsOf(id), nowMs));
    const ofModel = this.#states.get(place);
    if (ofModel !== undefined) this.#states.set(place, { ...ofModel, lastStartMs: nowMs });
  }

  ended({ id }: RatePlace): void {
    this.#states.set(id, ended(this.#states.get(id) ?? IDLE));
  }

  /** A request that failed is sent once more: false, and nothing has changed, when it would have to wait for that. */
  startedAgain(where: RatePlace, nowMs: number): boolean {
    const before = this.#states.get(where.id);
    this.ended(where);
    if (this.waitMs(where, nowMs) > 0) {
      if (before !== undefined) this.#states.set(where.id, before);
      return false;
    }
    this.started(where, nowMs);
    return true;
  }

  /** What an answer's headers told. */
  learned(place: string, report: LimitReport, nowMs: number): void {
    if (report.requests === undefined && report.tokens === undefined && report.isOverLimit === undefined) return;
    this.#states.set(place, learned(this.#states.get(place) ?? IDLE, report, nowMs));
  }

  /** Forgets what was told for a provider, an account or a model, or for all; what is under way still counts. How many were held back. */
  forget({ provider, connectionId, model }: ResetScope, nowMs: number): number {
    let count = 0;
    for (const [key, state] of [...this.#states.entries()]) {
      const [id = '', ofModel] = key.split('\n');
      if (provider !== undefined && this.#providers.get(id) !== provider) continue;
      if (connectionId !== undefined && id !== connectionId) continue;
      if (model !== undefined && ofModel !== model) continue;
      if (isHeldBack(state, nowMs)) count += 1;
      this.#states.set(key, forgotten(state));
    }
    return count;
  }

  /** One more request waits for one of these accounts, or one less. */
  queued(accounts: readonly { readonly id: string }[], by: 1 | -1): void {
    for (const { id } of accounts) {
      const count = (this.#queued.get(id) ?? 0) + by;
      if (count > 0) this.#queued.set(id, count);
      else this.#queued.delete(id);
    }
  }

  view(nowMs: number): readonly LimitView[] {
    return [...this.#states.entries()].map(([key, state]) => {
      const [connectionId = '', model] = key.split('\n');
      return {
        connectionId,
        ...(model !== undefined && { model }),
        running: state.running,
        queued: model === undefined ? (this.#queued.get(connectionId) ?? 0) : 0,
        requestsInLastMinute: state.startsMs.filter((at) => at > nowMs - MINUTE_MS).length,
        ...(state.learned && { learned: state.learned }),
      };
    });
  }
}
