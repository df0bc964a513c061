/** Resilience as it runs: the reducers' states, stepped as attempts begin and end. See `resilience.ts` for the contract. */
import type { Account } from '../accounts/accounts.ts';
import type { Cancellation } from '../base/cancellation.ts';
import type { OmniError } from '../base/errors.ts';
import { type BreakerEvent, CLOSED, stepBreaker } from './breaker.ts';
import { coolDown, restsUntilMs, toldCooldown, warmUp } from './cooldown.ts';
import { verdictOf } from './fallback-table.ts';
import { LiveRates, type RatePlace } from './live-rates.ts';
import type { Leg } from './plan.ts';
import type { AccountKind, ResilienceProfile } from './profiles.ts';
import type { RateLimits } from './rate-limit.ts';
import type { Permit, ResetScope, Resilience, ResilienceView, Standing, ToldLimit, ToldPlace } from './resilience.ts';
import {
  breakerView,
  cooldownViews,
  openStates,
  type Resting,
  type States,
  type StatesPorts,
} from './resilience-states.ts';

export interface ResiliencePorts extends StatesPorts {
  /** The profile in force for a provider's id and the kind of its account. */
  profileOf(providerId: string, kind: AccountKind): ResilienceProfile;
  /** The limits the user set for a connection; undefined: none. */
  limitsOf(connectionId: string): RateLimits | undefined;
  /** From 0 to 1, exclusive. Default: Math.random. */
  random?(): number;
}

const READY: Standing = { state: 'ready' };
const WAITING: Standing = { state: 'wait' };
const MESSAGE_LENGTH = 300;

export function createResilience(ports: ResiliencePorts): Resilience {
  return new LiveResilience(ports);
}

interface FailedAttempt {
  readonly leg: Leg;
  /** Of the account, or the provider where it has none. */
  readonly id: string;
  readonly profile: ResilienceProfile;
  readonly isProbe: boolean;
  readonly startedAtMs: number;
}

class LiveResilience implements Resilience {
  readonly view: ResilienceView;
  readonly #ports: ResiliencePorts;
  readonly #states: States;
  readonly #rates: LiveRates;
  /** Requests under way by combo and its entry, where that is limited. */
  readonly #slots = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  constructor(ports: ResiliencePorts) {
    this.#ports = ports;
    this.#states = openStates(ports);
    this.#rates = new LiveRates(ports.limitsOf);
    this.view = {
      breakers: () => [...this.#states.breakers].map(([name, breaker]) => breakerView(name, breaker)),
      cooldowns: () => cooldownViews(this.#states.resting.values(), ports.clock.nowMs()),
      limits: () => this.#rates.view(ports.clock.nowMs()),
    };
  }

  standing(leg: Leg, account: Account | undefined): Standing {
    const nowMs = this.#ports.clock.nowMs();
    const where = whereOf(leg, account);
    const rest = this.#open(leg.provider.id, nowMs) ?? this.#restOf(where, nowMs);
    if (rest !== undefined) return rest;
    const waitForMs = this.#rates.waitMs(where, nowMs);
    if (waitForMs === Number.POSITIVE_INFINITY || this.#isComboFull(leg)) return WAITING;
    return waitForMs > 0 ? { state: 'wait', forMs: waitForMs } : READY;
  }

  begin(leg: Leg, account: Account | undefined): Permit {
    const nowMs = this.#ports.clock.nowMs();
    const provider = leg.provider.id;
    const where = whereOf(leg, account);
    const { id, place } = where;
    const slot = slotOf(leg);
    const profile = this.#ports.profileOf(provider, account?.login === undefined ? 'apikey' : 'oauth');
    const isProbe = this.#states.breakers.get(provider)?.state === 'OPEN';
    if (isProbe) this.#stepBreaker(provider, 'probe', profile);
    this.#rates.started(where, nowMs);
    if (slot !== undefined) this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + 1);
    let isAnswered = false;
    let isOver = false;
    return {
      heard: (report) => this.#rates.learned(place, report, this.#ports.clock.nowMs()),
      answered: () => {
        if (isAnswered || isOver) return;
        isAnswered = true;
        this.#begunWell(provider, profile, [id, place]);
      },
      end: (result) => {
        if (isOver) return;
        isOver = true;
        this.#rates.ended(where);
        if (slot !== undefined) this.#slots.set(slot, Math.max(0, (this.#slots.get(slot) ?? 0) - 1));
        if (result === 'ok') this.#succeed(provider, profile, [id, place], isAnswered);
        else if (result === 'cancelled') {
          if (isProbe && !isAnswered) this.#stepBreaker(provider, 'release', profile);
        } else this.#fail(result, { leg, id, profile, isProbe: isProbe && !isAnswered, startedAtMs: nowMs });
        this.#wakeAll();
      },
      again: () => {
        const atMs = this.#ports.clock.nowMs();
        // A probe finds its own breaker half-open.
        const rest = (isProbe ? undefined : this.#open(provider, atMs)) ?? this.#restOf(where, atMs);
        return rest === undefined && this.#rates.startedAgain(where, atMs);
      },
    };
  }

  changed(limitMs: number, cancellation: Cancellation, leg?: Leg): Promise<void> {
    const accounts = leg?.accounts ?? [];
    this.#rates.queued(accounts, 1);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#rates.queued(accounts, -1);
        this.#waiting.delete(wake);
        forget();
        settle();
      };
      const wake = (): void => finish(resolve);
      const timer = setTimeout(wake, Math.min(limitMs, TIMER_MAX_MS));
      this.#waiting.add(wake);
      const forget = cancellation.onCancel(() => finish(() => reject(cancellation.error)));
    });
  }

  told(place: ToldPlace, limit: ToldLimit | undefined): void {
    const key = place.model === undefined ? place.connectionId : placeOf(place.connectionId, place.model);
    const before = this.#states.resting.get(key)?.cooldown;
    if (limit === undefined) {
      if (before?.code === 'upstream_quota') this.#states.keepResting(key, undefined);
      this.#wakeAll();
      return;
    }
    // What is known already is not told again.
    if (before !== undefined && restsUntilMs(before) >= limit.untilMs) return;
    this.#states.keepResting(key, { ...place, cooldown: toldCooldown(limit, this.#ports.clock.nowMs()) });
  }

  reset(which: ResetScope = {}): number {
    const { provider, connectionId, model } = which;
    let count = this.#rates.forget(which, this.#ports.clock.nowMs());
    for (const [key, rest] of [...this.#states.resting.entries()]) {
      if (provider !== undefined && rest.provider !== provider) continue;
      if (connectionId !== undefined && rest.connectionId !== connectionId) continue;
      if (model !== undefined && rest.model !== model) continue;
      this.#states.keepResting(key, undefined);
      count += 1;
    }
    if (connectionId === undefined && model === undefined) {
      for (const [name, breaker] of [...this.#states.breakers]) {
        if (provider !== undefined && name !== provider) continue;
        if (breaker.state !== 'CLOSED' || breaker.failureCount > 0) count += 1;
        this.#states.keepBreaker(name, CLOSED);
      }
    }
    this.#wakeAll();
    return count;
  }

  #open(provider: string, nowMs: number): Standing | undefined {
    const breaker = this.#states.breakers.get(provider);
    if (breaker === undefined || breaker.state === 'CLOSED') return undefined;
    const untilMs = breaker.openUntilMs ?? nowMs;
    return breaker.state === 'HALF_OPEN' || untilMs > nowMs ? { state: 'open', untilMs } : undefined;
  }

  /** The account's rest, or its model's. */
  #restOf({ id, place }: RatePlace, nowMs: number): Standing | undefined {
    if (this.#states.resting.size === 0) return undefined;
    for (const key of [id, place]) {
      const rest = this.#states.resting.get(key);
      if (rest === undefined) continue;
      const untilMs = restsUntilMs(rest.cooldown);
      if (untilMs <= nowMs) continue;
      const { code, message } = rest.cooldown;
      return { state: 'cooling', untilMs, code, message, scope: rest.model === undefined ? 'account' : 'model' };
    }
    return undefined;
  }

  #isComboFull({ rules, combo }: Leg): boolean {
    if (rules.concurrency === undefined || combo === undefined) return false;
    return (this.#slots.get(`${combo.name}\n${combo.entry}`) ?? 0) >= rules.concurrency;
  }

  /**
   * The first content is there. A probe that comes so far closes the breaker, and a limit is over; whether the provider
   * has failed less is told by the end, since an answer that is cut is a failure.
   */
  #begunWell(provider: string, profile: ResilienceProfile, places: readonly string[]): void {
    const breaker = this.#states.breakers.get(provider) ?? CLOSED;
    if (breaker.state !== 'CLOSED') {
      this.#stepBreaker(provider, 'success', profile);
      this.#wakeAll();
    }
    this.#warmUp(places, ({ cooldown }) => !verdictOf({ ...cooldown, limitScope: undefined }).isProviderFailure);
  }

  /** The end is there. What had begun well says nothing new to a breaker that is not closed, as an old failure does not. */
  #succeed(provider: string, profile: ResilienceProfile, places: readonly string[], hasBegunWell: boolean): void {
    const breaker = this.#states.breakers.get(provider);
    const isSaid = hasBegunWell && breaker !== undefined && breaker.state !== 'CLOSED';
    if (!isSaid && (breaker !== undefined || profile.circuitBreakerThreshold > 0))
      this.#stepBreaker(provider, 'success', profile);
    this.#warmUp(places, () => true);
  }

  #warmUp(places: readonly string[], isMeant: (rest: Resting) => boolean): void {
    if (this.#states.resting.size === 0) return;
    const nowMs = this.#ports.clock.nowMs();
    for (const key of places) {
      const rest = this.#states.resting.get(key);
      if (rest === undefined || !isMeant(rest)) continue;
      const cooldown = warmUp(rest.cooldown, nowMs);
      if (cooldown !== rest.cooldown) this.#states.keepResting(key, cooldown && { ...rest, cooldown });
    }
  }

  #wakeAll(): void {
    if (this.#waiting.size > 0) for (const wake of [...this.#waiting]) wake();
  }

  #fail(error: OmniError, { leg, id, profile, isProbe, startedAtMs }: FailedAttempt): void {
    const provider = leg.provider.id;
    const nowMs = this.#ports.clock.nowMs();
    const verdict = verdictOf(error);
    if (verdict.isProviderFailure) {
      // Attempts that ran side by side fail as one.
      const lastFailureAtMs = this.#states.breakers.get(provider)?.lastFailureAtMs;
      if (isProbe || lastFailureAtMs === undefined || startedAtMs > lastFailureAtMs)
        this.#stepBreaker(provider, 'failure', profile);
    }
    // An answer that blames the request or the account is an answer: the provider works.
    else if (isProbe)
      this.#stepBreaker(
        provider,
        verdict.next === 'return' && error.blame === 'gateway' ? 'release' : 'success',
        profile,
      );
    if (verdict.cooldown === undefined) return;
    const { scope, kind } = verdict.cooldown;
    const key = scope === 'account' ? id : placeOf(id, leg.model);
    const cooldown = coolDown(
      this.#states.resting.get(key)?.cooldown,
      {
        kind,
        code: error.code,
        startedAtMs,
        message: error.message.slice(0, MESSAGE_LENGTH),
        ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
      },
      { profile, nowMs, random: (this.#ports.random ?? Math.random)() },
    );
    const model = scope === 'model' ? { model: leg.model } : {};
    this.#states.keepResting(key, { provider, connectionId: id, ...model, cooldown });
  }

  #stepBreaker(provider: string, event: BreakerEvent, profile: ResilienceProfile): void {
    const before = this.#states.breakers.get(provider) ?? CLOSED;
    const after = stepBreaker(before, event, profile, this.#ports.clock.nowMs());
    this.#states.keepBreaker(provider, after);
  }
}

/** Longer waits than a timer takes are asked again. */
const TIMER_MAX_MS = 2_000_000_000;

/** One model of an account; ids hold no line break. */
function placeOf(id: string, model: string): string {
  return `${id}\n${model}`;
}

function whereOf(leg: Leg, account: Account | undefined): RatePlace {
  const provider = leg.provider.id;
  const id = account?.id ?? provider;
  return { provider, id, place: placeOf(id, leg.model) };
}

function slotOf({ rules, combo }: Leg): string | undefined {
  return rules.concurrency === undefined || combo === undefined ? undefined : `${combo.name}\n${combo.entry}`;
}
