/** The states that resilience holds, bounded, with those that must survive a restart kept in the store. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { type BreakerChanged, type EventSink, noEvents } from '../base/event-bus.ts';
import { asNumber, asObject, asString, type JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import type { Breaker } from './breaker.ts';
import { type Cooldown, isForgotten, restsUntilMs } from './cooldown.ts';
import type { BreakerView, CooldownView } from './resilience.ts';

/** What rests: an account, or one model of it. */
export interface Resting {
  readonly provider: string;
  readonly connectionId: string;
  readonly model?: string;
  readonly cooldown: Cooldown;
}

const BREAKERS = 'breakers';
const COOLDOWNS = 'cooldowns';
/** Accounts times models that rest at the same time; beyond it the oldest is forgotten. */
const RESTING_MAX = 10_000;

export interface States {
  readonly breakers: Map<string, Breaker>;
  readonly resting: LRUCache<string, Resting>;
  keepBreaker(provider: string, breaker: Breaker): void;
  /** Undefined: it rests no more. */
  keepResting(key: string, resting: Resting | undefined): void;
}

export interface StatesPorts {
  readonly keyValues: KeyValueRepository;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when a breaker changes its state, and when an account or a model of it begins to rest or is let go. */
  readonly events?: EventSink;
}

/** Reads what was kept; rests are dropped when they are over for so long that they count no more. A write that fails is logged, and routing goes on. */
export function openStates({ keyValues, clock, log, events = noEvents }: StatesPorts): States {
  const nowMs = clock.nowMs();
  const breakers = new Map<string, Breaker>();
  const resting = new LRUCache<string, Resting>({ max: RESTING_MAX });
  for (const [name, value] of keyValues.entries(BREAKERS)) {
    const breaker = readBreaker(asObject(value));
    if (breaker !== undefined) breakers.set(name, breaker);
  }
  for (const [key, value] of keyValues.entries(COOLDOWNS)) {
    const rest = readResting(asObject(value));
    if (rest !== undefined && !isForgotten(rest.cooldown, nowMs)) resting.set(key, rest);
    else keyValues.remove(COOLDOWNS, key);
  }
  const write = (work: () => void): void => {
    try {
      work();
    } catch (cause) {
      log.warn('How a provider stands could not be kept for the next start.', { reason: String(cause) });
    }
  };
  return {
    breakers,
    resting,
    keepBreaker(provider, breaker) {
      const before = breakers.get(provider);
      breakers.set(provider, breaker);
      if ((before?.state ?? 'CLOSED') !== breaker.state) events.emit(breakerEvent(provider, breaker, clock.nowMs()));
      // Half-open lasts as long as one attempt; after a restart it is open again, its time over.
      const isQuiet = breaker.state === 'CLOSED' && breaker.failureCount === 0;
      if (isQuiet && (before === undefined || before.failureCount === 0)) return;
      write(() => {
        if (isQuiet) keyValues.remove(BREAKERS, provider);
        else keyValues.set(BREAKERS, provider, { ...breaker, state: breaker.state === 'CLOSED' ? 'CLOSED' : 'OPEN' });
      });
    },
    keepResting(key, rest) {
      if (rest === undefined) {
        const before = resting.get(key);
        if (before === undefined) return;
        resting.delete(key);
        events.emit(restEvent(before, 'good', clock.nowMs()));
        write(() => void keyValues.remove(COOLDOWNS, key));
        return;
      }
      resting.set(key, rest);
      events.emit(restEvent(rest, 'resting', clock.nowMs()));
      write(() => keyValues.set(COOLDOWNS, key, { ...rest, cooldown: { ...rest.cooldown } }));
    },
  };
}

function breakerEvent(provider: string, { state, openUntilMs }: Breaker, atMs: number): BreakerChanged {
  return { type: 'breaker-changed', atMs, provider, state, ...(openUntilMs !== undefined && { openUntilMs }) };
}

function restEvent({ provider, connectionId, model, cooldown }: Resting, state: 'resting' | 'good', atMs: number) {
  return {
    ...({ type: 'account-changed', atMs, connectionId, provider, state } as const),
    ...(model !== undefined && { model }),
    ...(state === 'resting' && { message: cooldown.message, untilMs: restsUntilMs(cooldown) }),
  };
}

function readBreaker(value: JsonObject | undefined): Breaker | undefined {
  const state = value?.['state'];
  if (value === undefined || (state !== 'CLOSED' && state !== 'OPEN')) return undefined;
  const lastFailureAtMs = asNumber(value['lastFailureAtMs']);
  const openUntilMs = asNumber(value['openUntilMs']);
  return {
    state,
    failureCount: asNumber(value['failureCount']) ?? 0,
    successCount: asNumber(value['successCount']) ?? 0,
    reopened: asNumber(value['reopened']) ?? 0,
    ...(lastFailureAtMs !== undefined && { lastFailureAtMs }),
    ...(openUntilMs !== undefined && { openUntilMs }),
  };
}

function readResting(value: JsonObject | undefined): Resting | undefined {
  const cooldown = asObject(value?.['cooldown']);
  const [provider, connectionId] = [asString(value?.['provider']), asString(value?.['connectionId'])];
  const code = asString(cooldown?.['code']);
  if (cooldown === undefined || provider === undefined || connectionId === undefined || !isCode(code)) return undefined;
  const model = asString(value?.['model']);
  return {
    provider,
    connectionId,
    ...(model !== undefined && { model }),
    cooldown: {
      toldUntilMs: asNumber(cooldown['toldUntilMs']) ?? 0,
      ownUntilMs: asNumber(cooldown['ownUntilMs']) ?? 0,
      level: asNumber(cooldown['level']) ?? 0,
      failedAtMs: asNumber(cooldown['failedAtMs']) ?? 0,
      code,
      message: asString(cooldown['message']) ?? '',
    },
  };
}

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}

/** A breaker for management and metrics. */
export function breakerView(name: string, breaker: Breaker): BreakerView {
  const { state, failureCount, successCount, lastFailureAtMs, openUntilMs } = breaker;
  return {
    name,
    state,
    failureCount,
    successCount,
    ...(lastFailureAtMs !== undefined && { lastFailureAtMs }),
    ...(openUntilMs !== undefined && { openUntilMs }),
  };
}

/** What rests at this moment. */
export function cooldownViews(resting: Iterable<Resting>, nowMs: number): readonly CooldownView[] {
  return [...resting].flatMap(({ cooldown, ...place }) => {
    const untilMs = restsUntilMs(cooldown);
    return untilMs > nowMs ? [{ ...place, untilMs, code: cooldown.code, message: cooldown.message }] : [];
  });
}
