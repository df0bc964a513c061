/**
 * Clocks that are set, a machine that slept, a token endpoint that is slow: no account is lost, no token is asked for
 * twice, nobody waits without end. The keeper over a real store; only the provider is a function.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AccountLogin } from '../../../core/accounts/accounts.ts';
import { FLOWS } from '../../../core/accounts/flows/index.ts';
import { createTokenKeeper, type TokenKeeper } from '../../../core/accounts/tokens/token-keeper.ts';
import { createTokenStore, type TokenStore } from '../../../core/accounts/tokens/token-store.ts';
import { OmniError } from '../../../core/base/errors.ts';
import { noEvents } from '../../../core/base/event-bus.ts';
import { type Log, silentLog } from '../../../core/base/log.ts';
import { Secret } from '../../../core/base/secret.ts';
import { sealingVault } from '../../../core/vault/sealing.ts';
import { connection } from '../../store/records.ts';
import { keepingLog, temporaryStore } from '../../store/temporary-store.ts';
import { testClock } from '../../support/test-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIFE_MS = 8 * HOUR_MS;

interface Stage {
  readonly clock: ReturnType<typeof testClock>;
  readonly keeper: TokenKeeper;
  readonly tokens: TokenStore;
  readonly remove: (id: string) => void;
  /** Accounts whose answers on the disk have done their work. */
  readonly forgotten: string[];
  readonly logins: readonly AccountLogin[];
  /** The refresh tokens that the provider was sent, in order. */
  readonly sent: string[];
  /** The most refreshes that ran side by side. */
  readonly peak: () => number;
  readonly states: () => unknown[];
}

/** So many accounts, each with a token of eight hours got now; the provider answers after `answer`. */
function open(count: number, answer: () => Promise<unknown> = () => Promise.resolve(), log: Log = silentLog): Stage {
  const { store } = temporaryStore();
  const clock = testClock();
  const tokens = createTokenStore({ store, vault: sealingVault(Buffer.alloc(32, 7), 'a test'), nowMs: clock.nowMs });
  const sent: string[] = [];
  const forgotten: string[] = [];
  const remove = (id: string) => void store.connections.remove(id);
  let running = 0;
  let peak = 0;
  const next = (name: string) => ({
    ...{ accessToken: new Secret(`at-${name}`), refreshToken: new Secret(`rt-${name}`) },
    ...{ expiresAtMs: clock.nowMs() + LIFE_MS, data: {}, secrets: {} },
  });
  const ids = Array.from({ length: count }, (_, index) => `c${index}`);
  for (const id of ids) {
    store.connections.insert({
      ...connection,
      id,
      name: id,
      provider: 'claude',
      authType: 'oauth',
      testStatus: 'active',
    });
    tokens.write(id, next(`${id}-0`));
  }
  const keeper = createTokenKeeper({
    ...{ store, tokens, clock, log, events: noEvents },
    flowOf: (provider) => FLOWS.find((flow) => flow.provider === provider),
    onChange: () => undefined,
    onKept: (id) => void forgotten.push(id),
    refresh: async ({ id }, held) => {
      sent.push(held.refreshToken?.reveal() ?? '');
      running += 1;
      peak = Math.max(peak, running);
      try {
        await answer();
      } finally {
        running -= 1;
      }
      return next(`${id}-${sent.length}`);
    },
  });
  const states = (): unknown[] => store.connections.list().map(({ isActive, testStatus }) => [isActive, testStatus]);
  return { clock, keeper, tokens, remove, forgotten, sent, states, logins: ids.map(keeper.loginOf), peak: () => peak };
}

function only({ logins: [login] }: Stage): AccountLogin {
  if (login === undefined) throw new Error('There is no account.');
  return login;
}
const keyOf = async (login: AccountLogin): Promise<string> => (await login.credential()).key.reveal();
const good = [true, 'active'];

describe('a clock that is set', () => {
  it('back: the token is used on, and replaced once when the provider refuses it', async () => {
    const stage = open(1);
    stage.clock.advance(-400 * DAY_MS);
    const login = only(stage);
    expect(await keyOf(login)).toBe('at-c0-0');
    const refused = await login.credential();
    const fresh = await Promise.all(Array.from({ length: 20 }, () => login.afterRefusal(refused, 401)));
    expect(new Set(fresh.map((one) => one?.key.reveal()))).toEqual(new Set(['at-c0-1']));
    expect(await keyOf(login)).toBe('at-c0-1');
    // And forth again: what was got meanwhile seems to be over, and is replaced once.
    stage.clock.advance(400 * DAY_MS);
    expect(await Promise.all(Array.from({ length: 20 }, () => keyOf(login)))).toEqual(Array(20).fill('at-c0-2'));
    expect(await keyOf(login)).toBe('at-c0-2');
    expect(stage.sent).toEqual(['rt-c0-0', 'rt-c0-1']);
    expect(stage.states()).toEqual([good]);
  });

  it('ahead, and back: each time one refresh at most', async () => {
    const stage = open(1);
    const login = only(stage);
    stage.clock.advance(400 * DAY_MS);
    expect(await Promise.all(Array.from({ length: 20 }, () => keyOf(login)))).toEqual(Array(20).fill('at-c0-1'));
    stage.clock.advance(-400 * DAY_MS);
    for (let turn = 0; turn < 20; turn += 1) expect(await keyOf(login)).toBe('at-c0-1');
    expect(stage.sent).toEqual(['rt-c0-0']);
  });

  it('does not lengthen the pause after a failure', async () => {
    let isDown = true;
    const stage = open(1, () =>
      isDown ? Promise.reject(new OmniError('upstream_unreachable', 'gone')) : Promise.resolve(),
    );
    stage.clock.advance(LIFE_MS);
    await expect(keyOf(only(stage))).rejects.toMatchObject({ code: 'token_unavailable' });
    stage.clock.advance(-30 * DAY_MS + LIFE_MS);
    isDown = false;
    stage.clock.advance(31 * DAY_MS);
    await expect.poll(() => keyOf(only(stage)).catch(() => 'none yet'), { timeout: 10_000 }).toBe('at-c0-2');
    expect(stage.states()).toEqual([good]);
  });
});

describe('a machine that slept for a night', () => {
  it('refreshes each account once, a few at a time, whoever asks first', async () => {
    const stage = open(12, () => delay(20));
    stage.clock.advance(12 * HOUR_MS);
    // All timers are late and go off at once, and the tools ask at the same moment.
    const sweeps = [stage.keeper.sweep(), stage.keeper.sweep(), stage.keeper.sweep()];
    const asked = stage.logins.slice(0, 2).flatMap((login) => Array.from({ length: 50 }, () => keyOf(login)));
    await Promise.all([...asked, ...sweeps]);
    expect(stage.sent.toSorted()).toEqual(stage.logins.map((_, index) => `rt-c${index}-0`).toSorted());
    expect(new Set(await Promise.all(asked)).size).toBe(2);
    expect(stage.peak()).toBeLessThanOrEqual(4 * sweeps.length);
    await stage.keeper.sweep();
    expect(stage.sent).toHaveLength(12);
  });

  it('before the network is back: keeps all accounts, without a storm, until it is', async () => {
    let isDown = true;
    const stage = open(6, () =>
      isDown ? Promise.reject(new OmniError('upstream_unreachable', 'ENOTFOUND')) : Promise.resolve(),
    );
    stage.clock.advance(12 * HOUR_MS);
    for (let sweep = 0; sweep < 50; sweep += 1) await stage.keeper.sweep();
    expect(stage.sent).toHaveLength(6);
    isDown = false;
    const keysLater = async (): Promise<string[]> => {
      stage.clock.advance(2_000);
      return await Promise.all(stage.logins.map((login) => keyOf(login).catch(() => 'none yet')));
    };
    await expect.poll(keysLater, { timeout: 20_000 }).toEqual(Array(6).fill(expect.stringMatching(/^at-/)));
    expect(stage.states()).toEqual(Array(6).fill(good));
  });
});

describe('a token endpoint that is slow', () => {
  it('holds nobody up while the old token works, and is asked once', async () => {
    let finish: () => void = () => undefined;
    const stage = open(1, () => new Promise<void>((resolve) => (finish = resolve)));
    stage.clock.advance(LIFE_MS - 10_000);
    const login = only(stage);
    const startedMs = performance.now();
    const keys = await Promise.all(Array.from({ length: 50 }, () => keyOf(login)));
    expect(new Set(keys)).toEqual(new Set(['at-c0-0']));
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    finish();
    await stage.keeper.settle(5_000);
    expect(await keyOf(login)).toBe('at-c0-1');
    expect(stage.sent).toHaveLength(1);
  });

  it('is waited for where there is no other token, for half a minute at most; what it answers later is kept', async () => {
    let finish: () => void = () => undefined;
    const stage = open(1, () => new Promise<void>((resolve) => (finish = resolve)));
    stage.clock.advance(LIFE_MS);
    const login = only(stage);
    const startedMs = performance.now();
    const given = await Promise.allSettled(Array.from({ length: 20 }, () => login.credential()));
    expect(performance.now() - startedMs).toBeGreaterThan(29_000);
    expect(given.map((one) => (one.status === 'rejected' ? one.reason.code : 'given'))).toEqual(
      Array(20).fill('token_unavailable'),
    );
    finish();
    await stage.keeper.settle(5_000);
    expect(await keyOf(login)).toBe('at-c0-1');
    expect(stage.sent).toHaveLength(1);
    expect(stage.states()).toEqual([good]);
  }, 60_000);
});

it('a store that cannot be written when the answer comes loses no token: what was answered is kept and nothing is sent twice', async () => {
  const stage = open(1);
  const { replace } = stage.tokens;
  let isFull = true;
  Object.assign(stage.tokens, {
    replace: (...given: Parameters<TokenStore['replace']>) => {
      if (isFull) throw new OmniError('internal', 'The disk is full.');
      return replace(...given);
    },
  });
  stage.clock.advance(LIFE_MS);
  await expect(only(stage).credential()).rejects.toMatchObject({ code: 'token_unavailable' });
  isFull = false;
  await expect
    .poll(
      () => {
        stage.clock.advance(1_000);
        return keyOf(only(stage)).catch(() => 'none yet');
      },
      { timeout: 10_000 },
    )
    .toBe('at-c0-1');
  expect([stage.sent, stage.states()]).toEqual([['rt-c0-0'], [good]]);
  expect(stage.tokens.read('c0')?.tokens.refreshToken?.reveal()).toBe('rt-c0-1');
});

it('a keychain that stays locked is told of once, where it is found, and not with every look at the tokens', async () => {
  const log = keepingLog();
  const stage = open(3, undefined, log);
  const locked = (): never => {
    throw new OmniError('vault_closed', 'The system keychain is locked.');
  };
  Object.assign(stage.tokens, { read: locked });
  await stage.keeper.sweep();
  await expect(only(stage).credential()).rejects.toThrow('locked');
  expect(log.lines).toEqual([]);
});

it('an account that is removed while it is refreshed leaves nothing on the disk', async () => {
  let remove = (_id: string): void => undefined;
  const stage = open(1, () => Promise.resolve(remove('c0')));
  ({ remove } = stage);
  stage.clock.advance(LIFE_MS);
  await expect(only(stage).credential()).rejects.toMatchObject({ code: 'no_connection' });
  expect(stage.forgotten).toEqual(['c0']);
});
