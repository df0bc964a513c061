/** When quotas are read and what is kept of them: spacing, refusals, idle accounts, failures, resets, removals. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountLogin } from '../../../core/accounts/accounts.ts';
import type { HttpAnswer, HttpRequest } from '../../../core/accounts/http.ts';
import { createQuotaKeeper, type QuotaKeeper } from '../../../core/accounts/quota/quota-keeper.ts';
import { OmniError } from '../../../core/base/errors.ts';
import { type CoreEvent, noEvents } from '../../../core/base/event-bus.ts';
import { silentLog } from '../../../core/base/log.ts';
import { Secret } from '../../../core/base/secret.ts';
import { PROVIDERS } from '../../../core/providers/table.ts';
import type { Store } from '../../../core/store/store.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type TestClock, testClock } from '../../support/test-clock.ts';

const MINUTE = 60_000;
let store: Store;
let clock: TestClock;
let calls: HttpRequest[];
let answer: () => HttpAnswer;
let usedUp: string[][];
let events: CoreEvent[];
let keeper: QuotaKeeper;
const good = () => Promise.resolve({ key: new Secret('copilot-1'), accountToken: new Secret('gho-1'), data: {} });
let credential: AccountLogin['credential'];

function usage(fiveHours: number, resetInMs = 60 * MINUTE): HttpAnswer {
  const window = { utilization: fiveHours, resets_at: new Date(clock.nowMs() + resetInMs).toISOString() };
  return { status: 200, body: JSON.stringify({ five_hour: window }) };
}

function open(): QuotaKeeper {
  return createQuotaKeeper({
    ...{ store, clock, log: silentLog },
    providers: () => new Map(PROVIDERS.map((row) => [row.id, row])),
    loginOf: () => ({
      credential: () => credential(),
      afterRefusal: () => Promise.resolve(undefined),
    }),
    send: (request) => {
      calls.push(request);
      return Promise.resolve(answer());
    },
    onRead: (_connection, windows) => void usedUp.push(windows.map(({ name }) => name)),
    events: { ...noEvents, emit: (event) => void events.push(event) },
  });
}

function connect(id: string, provider = 'claude', authType: 'oauth' | 'apikey' = 'oauth'): void {
  store.connections.insert({
    ...{ id, provider, authType, name: `${id} name`, priority: 1, isActive: true, testStatus: 'active' },
    ...{ createdAtMs: 0, updatedAtMs: 0 },
  });
}

beforeEach(() => {
  store = memoryStore();
  clock = testClock();
  [calls, usedUp, events] = [[], [], []];
  answer = () => usage(40);
  credential = good;
  keeper = open();
  connect('a');
});

describe('an account', () => {
  it('is read at once when nothing is known of it, with its token, at the row’s account host', async () => {
    await keeper.sweep();
    expect(calls).toMatchObject([
      {
        ...{ method: 'GET', url: 'https://api.anthropic.com/api/oauth/usage' },
        headers: { authorization: 'Bearer copilot-1', 'anthropic-beta': 'oauth-2025-04-20' },
        via: { connectionId: 'a', providerId: 'claude' },
      },
    ]);
    expect(keeper.list()).toMatchObject([{ readAtMs: clock.nowMs(), windows: [{ name: '5h', usedPercent: 40 }] }]);
    expect(events).toMatchObject([{ type: 'quota-changed', connectionId: 'a', provider: 'claude' }]);
  });

  it('that nobody uses is read once an hour', async () => {
    answer = () => usage(40, 600 * MINUTE);
    await keeper.sweep();
    clock.advance(59 * MINUTE);
    await keeper.sweep();
    expect(calls).toHaveLength(1);
    clock.advance(2 * MINUTE);
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });

  it('that is used is read every three minutes at most, however busy it is', async () => {
    await keeper.sweep();
    for (let second = 0; second < 170; second += 10) {
      keeper.used('a', false);
      clock.advance(10_000);
      await keeper.sweep();
    }
    expect(calls).toHaveLength(1);
    clock.advance(10_000);
    await keeper.sweep();
    expect(calls).toHaveLength(2);
    clock.advance(4 * MINUTE);
    await keeper.sweep();
    expect(calls, 'and not again while it is not used').toHaveLength(2);
  });

  it('that was refused for a limit is read soon, and not in a storm', async () => {
    await keeper.sweep();
    keeper.used('a', true);
    await keeper.sweep();
    clock.advance(20_000);
    await keeper.sweep();
    expect(calls).toHaveLength(1);
    clock.advance(11_000);
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });

  it('is read again after a reset', async () => {
    answer = () => usage(100, 5 * MINUTE);
    await keeper.sweep();
    clock.advance(6 * MINUTE);
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });

  it('is asked once by many at the same time', async () => {
    await Promise.all([keeper.read('a'), keeper.read('a'), keeper.sweep()]);
    expect(calls).toHaveLength(1);
  });
});

describe('a reading that failed', () => {
  it('is made again sooner than one that told something: the network may only have been away', async () => {
    answer = () => ({ status: 503, body: '' });
    await keeper.sweep();
    clock.advance(9 * MINUTE);
    await keeper.sweep();
    expect(calls).toHaveLength(1);
    answer = () => usage(40, 600 * MINUTE);
    clock.advance(2 * MINUTE);
    await keeper.sweep();
    expect(keeper.list()).toMatchObject([{ windows: [{ usedPercent: 40 }] }]);
    expect(keeper.list()[0]).not.toHaveProperty('message');
    clock.advance(30 * MINUTE);
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });

  it('for want of the vault’s key is made as soon as that is there, and takes nothing from what is known', async () => {
    await keeper.sweep();
    const before = keeper.list();
    clock.advance(61 * MINUTE);
    credential = () => Promise.reject(new OmniError('vault_closed', 'The system keychain is locked.'));
    await keeper.sweep();
    expect(keeper.list()).toEqual(before);
    credential = good;
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });
});

describe('what is known', () => {
  it('is still known after a restart, and is not asked for again', async () => {
    answer = () => usage(100);
    await keeper.sweep();
    const again = open();
    await again.sweep();
    expect(calls).toHaveLength(1);
    expect(again.list()).toEqual(keeper.list());
  });

  it('stays when a later reading fails, with the reason and without the token', async () => {
    await keeper.sweep();
    clock.advance(61 * MINUTE);
    answer = () => ({ status: 503, body: '{"error":{"message":"busy with copilot-1"}}' });
    await keeper.sweep();
    const [quota] = keeper.list();
    expect(quota).toMatchObject({ windows: [{ name: '5h', usedPercent: 40 }] });
    expect(quota?.message).toContain('busy with');
    expect(quota?.message).not.toContain('copilot-1');
    await keeper.sweep();
    expect(calls).toHaveLength(2);
  });

  it('goes with its account', async () => {
    await keeper.sweep();
    store.connections.remove('a');
    keeper.forget('a');
    expect(keeper.list()).toEqual([]);
    expect(store.keyValues.entries('quotas')).toEqual([]);
    await expect(keeper.read('a')).rejects.toThrow('There is no connection');
  });

  it('is nothing for keys, and for logins whose provider tells nothing', async () => {
    connect('key', 'claude', 'apikey');
    connect('silent', 'qwen');
    await keeper.sweep();
    expect(keeper.list().map(({ connection }) => connection.id)).toEqual(['a']);
    await expect(keeper.read('silent')).rejects.toThrow('The provider of "silent name" tells no quota.');
  });
});

it('routing is told what is used up, and when it is so no more', async () => {
  answer = () => usage(100);
  await keeper.sweep();
  answer = () => usage(0);
  clock.advance(61 * MINUTE);
  await keeper.sweep();
  expect(usedUp).toEqual([['5h'], []]);
});

it('GitHub is asked with its own token, not with the one that calls are made with', async () => {
  store.connections.remove('a');
  connect('gh', 'github');
  await keeper.sweep();
  expect(calls[0]?.url).toBe('https://api.github.com/copilot_internal/user');
  expect(calls[0]?.headers['authorization']).toBe('token gho-1');
});
