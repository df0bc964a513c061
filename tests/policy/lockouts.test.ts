import { describe, expect, it } from 'vitest';
import { OmniError } from '../../core/base/errors.ts';
import type { CoreEvent } from '../../core/base/event-bus.ts';
import { createLockouts, EVERYBODY, type LockoutRules, type Lockouts } from '../../core/policy/lockouts.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import { memoryKeyValues } from '../support/memory-store.ts';
import { testClock } from '../support/test-clock.ts';

const AWAY = '203.0.113.7';
const rejected = (code: 'invalid_api_key' | 'missing_api_key') => (): never => {
  throw new OmniError(code, 'no');
};

function setUp(change: Partial<LockoutRules> = {}) {
  const [keyValues, clock] = [memoryKeyValues(), testClock()];
  const told: CoreEvent[] = [];
  const events = { emit: (event: CoreEvent) => void told.push(event) };
  const rules = {
    ...DEFAULT_SETTINGS.lockouts,
    apiKeys: { attempts: 3, windowMs: 60_000, durationMs: 120_000 },
    ...change,
  };
  const open = () => createLockouts({ keyValues, clock, rules: () => rules, events });
  const lockouts = open();
  const wrongKey = (address: string, times = 1): string[] =>
    Array.from({ length: times }, () => {
      try {
        lockouts.guardKeys(address, rejected('invalid_api_key'));
      } catch (error) {
        return error instanceof OmniError ? error.code : 'other';
      }
      return 'in';
    });
  return { lockouts, clock, keyValues, open, wrongKey, told };
}

function guess(lockouts: Lockouts, address: string): void {
  lockouts.begin(address);
  lockouts.fail(address);
}

describe('API keys', () => {
  it('so many wrong ones within the window lock their address for a time, whatever key it then brings', () => {
    const { lockouts, clock, wrongKey, told } = setUp();
    expect(wrongKey(AWAY, 4)).toEqual([...Array(3).fill('invalid_api_key'), 'too_many_attempts']);
    expect(() => lockouts.guardKeys(AWAY, () => 'good')).toThrow(expect.objectContaining({ retryAfterMs: 120_000 }));
    expect(lockouts.guardKeys('203.0.113.8', () => 'good')).toBe('good');
    clock.advance(120_000);
    expect(lockouts.guardKeys(AWAY, () => 'good')).toBe('good');
    expect(lockouts.list()).toEqual([]);
    expect(told).toEqual([
      { type: 'lockout-changed', atMs: expect.any(Number), identifier: AWAY, untilMs: clock.nowMs() },
      { type: 'lockout-changed', atMs: clock.nowMs(), identifier: AWAY, untilMs: null },
    ]);
  });

  it('old failures are forgotten, and a missing key is none', () => {
    const { lockouts, clock, wrongKey } = setUp();
    wrongKey(AWAY, 2);
    clock.advance(60_000);
    wrongKey(AWAY, 2);
    for (let time = 0; time < 9; time += 1)
      expect(() => lockouts.guardKeys(AWAY, rejected('missing_api_key'))).toThrow('no');
    expect(lockouts.guardKeys(AWAY, () => 'good')).toBe('good');
  });

  it('one IPv6 network of 64 bits is one identifier', () => {
    const { lockouts, wrongKey } = setUp();
    for (const end of ['1', '2', '3']) wrongKey(`2001:db8:0:7::${end}`);
    expect(wrongKey('2001:db8:0:7:ffff::')).toEqual(['too_many_attempts']);
    expect(lockouts.list()).toMatchObject([{ identifier: '2001:db8:0:7::/64', kind: 'apiKeys' }]);
  });

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])(
    'this machine (%s) is locked only where that is wanted',
    (address) => {
      expect(setUp().wrongKey(address, 9)).toEqual(Array(9).fill('invalid_api_key'));
      expect(setUp({ locksThisMachine: true }).wrongKey(address, 4)).toContain('too_many_attempts');
    },
  );

  it('0 attempts: off', () => {
    const off = { attempts: 0, windowMs: 60_000, durationMs: 60_000 };
    expect(setUp({ apiKeys: off }).wrongKey(AWAY, 99)).not.toContain('too_many_attempts');
  });
});

describe('the list', () => {
  it('is told and unlocked by identifier or as a whole', () => {
    const { lockouts, wrongKey, clock } = setUp();
    wrongKey(AWAY, 3);
    for (let time = 0; time < 5; time += 1) guess(lockouts, AWAY);
    wrongKey('203.0.113.8', 3);
    const atMs = clock.nowMs();
    expect(lockouts.list()).toEqual([
      { identifier: AWAY, kind: 'login', lockedAtMs: atMs, untilMs: atMs + 900_000 },
      { identifier: AWAY, kind: 'apiKeys', lockedAtMs: atMs, untilMs: atMs + 120_000 },
      { identifier: '203.0.113.8', kind: 'apiKeys', lockedAtMs: atMs, untilMs: atMs + 120_000 },
    ]);
    expect([lockouts.unlock(AWAY), lockouts.unlock(AWAY), lockouts.unlock()]).toEqual([2, 0, 1]);
    expect(() => lockouts.begin(AWAY)).not.toThrow();
  });

  it('survives a restart, as long as it lasts', () => {
    const { wrongKey, open, clock, keyValues } = setUp();
    wrongKey(AWAY, 3);
    expect(open().list()).toHaveLength(1);
    expect(() => open().guardKeys(AWAY, () => 'good')).toThrow(/wrong API keys/);
    clock.advance(120_000);
    expect(open().list()).toEqual([]);
    expect(keyValues.entries('lockouts')).toEqual([]);
  });

  it('the login as a whole is locked by many addresses, and a right password ends that only while it is under way', () => {
    const { lockouts } = setUp();
    for (let at = 0; at < 20; at += 1) guess(lockouts, `203.0.113.${at}`);
    expect(lockouts.list()).toMatchObject([{ identifier: EVERYBODY }]);
    lockouts.succeed('203.0.113.19');
    expect(lockouts.list()).toEqual([]);
    lockouts.begin('203.0.113.77');
    expect(() => lockouts.begin('203.0.113.78')).toThrow(/Too many wrong passwords/);
  });

  it('is bounded: the address unused for longest goes first, and its row with it', () => {
    const { lockouts, wrongKey, keyValues } = setUp({ apiKeys: { attempts: 1, windowMs: 1_000, durationMs: 60_000 } });
    for (let at = 0; at < 10_001; at += 1) wrongKey(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
    expect(lockouts.list()).toHaveLength(10_000);
    expect(keyValues.entries('lockouts')).toHaveLength(10_000);
    expect(lockouts.guardKeys('10.0.0.0', () => 'good')).toBe('good');
  });
});
