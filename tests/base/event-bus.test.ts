import { expect, it } from 'vitest';
import { type CoreEvent, createEventBus } from '../../core/base/event-bus.ts';
import { silentLog } from '../../core/base/log.ts';

const event = (sessionId: string): CoreEvent => ({
  ...{ type: 'login-changed', atMs: 1, provider: 'p', state: 'waiting' },
  sessionId,
});

it('a listener that throws harms neither the one who emits nor the other listeners', () => {
  const warnings: string[] = [];
  const bus = createEventBus({ ...silentLog, warn: (message) => void warnings.push(message) });
  const heard: CoreEvent[] = [];
  bus.subscribe(() => {
    throw new Error('no');
  });
  bus.subscribe((one) => void heard.push(one));
  bus.emit(event('1'));
  expect(heard).toEqual([event('1')]);
  expect(warnings).toHaveLength(1);
});

it('knows whether anybody listens, and takes no more than its number of listeners', () => {
  const bus = createEventBus(silentLog);
  expect(bus.isHeard('request-ended')).toBe(false);
  const listener = (): void => undefined;
  const forgets = Array.from({ length: 200 }, () => bus.subscribe(listener));
  expect(bus.isHeard('request-ended')).toBe(true);
  expect(() => bus.subscribe(listener)).toThrow(/Close some/);
  for (const forget of forgets) forget();
  expect(bus.isHeard('request-ended')).toBe(false);
});

it('tells a listener of the types it wants and no others', () => {
  const bus = createEventBus(silentLog);
  const heard: string[] = [];
  bus.subscribe(({ type }) => void heard.push(type), ['configuration-changed']);
  expect([bus.isHeard('configuration-changed'), bus.isHeard('request-ended')]).toEqual([true, false]);
  bus.emit({ type: 'configuration-changed', atMs: 1, area: 'routing' });
  bus.emit({ type: 'quota-changed', atMs: 2, connectionId: 'c', provider: 'p' });
  expect(heard).toEqual(['configuration-changed']);
});

it('a stream gives what was emitted since, in order, and waits for more', async () => {
  const bus = createEventBus(silentLog);
  const stream = bus.stream();
  bus.emit(event('1'));
  bus.emit(event('2'));
  expect((await stream.next()).value).toEqual(event('1'));
  expect((await stream.next()).value).toEqual(event('2'));
  const next = stream.next();
  bus.emit(event('3'));
  expect((await next).value).toEqual(event('3'));
});

it('a reader that is too slow is told how many events it missed, and goes on with the newest', async () => {
  const bus = createEventBus(silentLog);
  const stream = bus.stream();
  for (let index = 0; index < 2_300; index += 1) bus.emit(event(String(index)));
  expect((await stream.next()).value).toEqual({ type: 'missed', count: 2_000 });
  expect((await stream.next()).value).toEqual(event('2000'));
});

it('return ends a stream at once, also while next waits, and nobody listens any more', async () => {
  const bus = createEventBus(silentLog);
  const stream = bus.stream();
  const next = stream.next();
  await stream.return();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(bus.isHeard('request-ended')).toBe(false);
});

it('the end of the bus ends all streams, those that come later too', async () => {
  const bus = createEventBus(silentLog);
  const stream = bus.stream();
  bus.emit(event('1'));
  bus.close();
  expect((await stream.next()).value).toEqual(event('1'));
  expect((await stream.next()).done).toBe(true);
  expect((await bus.stream().next()).done).toBe(true);
});
