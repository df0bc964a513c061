/** The watch over decisions that the scenario of chaos trusts: what it calls a stray, and what it does not. */
import { expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../core/base/event-bus.ts';
import { silentLog } from '../../core/base/log.ts';
import { type Decisions, watchDecisions } from '../support/decisions.ts';

const call = (atMs: number, model = 'm') =>
  ({ type: 'request-routed', atMs, id: 'r', attempt: 1, provider: 'p', connectionId: 'c', model }) as const;
const rest = (atMs: number, untilMs: number, model?: string) =>
  ({
    ...({ type: 'account-changed', state: 'resting', atMs, untilMs, provider: 'p', connectionId: 'c' } as const),
    ...(model !== undefined && { model }),
  }) as const;
const good = (atMs: number) =>
  ({ type: 'account-changed', state: 'good', atMs, provider: 'p', connectionId: 'c' }) as const;
const breaker = (atMs: number, state: 'OPEN' | 'HALF_OPEN' | 'CLOSED', openUntilMs?: number) =>
  ({
    ...({ type: 'breaker-changed', atMs, state, provider: 'p' } as const),
    ...(openUntilMs !== undefined && { openUntilMs }),
  }) as const;

const seen = (events: readonly Parameters<EventBus['emit']>[0][]): Decisions => {
  const bus = createEventBus(silentLog);
  const decisions = watchDecisions(bus);
  for (const event of events) bus.emit(event);
  return decisions;
};

it.each([
  ['a call while the account rests', [rest(1, 10), call(9)], 'it rests for 1 ms more'],
  ['a call while its model rests', [rest(1, 10, 'm'), call(5)], 'it rests for 5 ms more'],
  ['a call while the breaker is open', [breaker(1, 'OPEN', 10), call(20)], 'its breaker is open'],
  ['a probe before its time', [breaker(1, 'OPEN', 10), breaker(5, 'HALF_OPEN', 10), call(5)], 'its probe is under way'],
  [
    'a second probe',
    [breaker(1, 'OPEN', 10), breaker(10, 'HALF_OPEN', 10), call(10), call(11)],
    'its probe is under way',
  ],
])('%s is a stray', (_name, events, why) => {
  expect(seen(events).strays).toMatchObject([{ provider: 'p', why }]);
});

it.each([
  ['a call when the rest is over', [rest(1, 10), call(10)]],
  ['a call of another model', [rest(1, 10, 'other'), call(5)]],
  ['a call after the account was let go', [rest(1, 10), good(4), call(5)]],
  ['the one probe in its time', [breaker(1, 'OPEN', 10), breaker(10, 'HALF_OPEN', 10), call(10)]],
  ['a call after the probe did well', [breaker(1, 'OPEN', 10), breaker(11, 'CLOSED'), call(12)]],
])('%s is none', (_name, events) => {
  const { strays, calls } = seen(events);
  expect(strays).toEqual([]);
  expect(calls.get('p')).toBe(1);
});
