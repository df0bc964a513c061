import { expect, it } from 'vitest';
import { createLiveStatus } from '../../core/accounts/live-status.ts';
import { OmniError } from '../../core/base/errors.ts';
import { silentLog } from '../../core/base/log.ts';
import { memoryStore } from '../support/memory-store.ts';

const refusal = new OmniError('upstream_auth', 'Incorrect API key provided.');

function setUp() {
  const store = memoryStore();
  store.connections.insert({
    id: 'c1',
    provider: 'openai',
    authType: 'apikey',
    name: 'mine',
    priority: 1,
    isActive: true,
    testStatus: 'active',
    createdAtMs: 1,
    updatedAtMs: 1,
  });
  return { store, status: createLiveStatus({ store, clock: { nowMs: () => 5 }, log: silentLog }) };
}

it('a key that its provider refuses shows as failing, until it answers again', () => {
  const { store, status } = setUp();
  status.refused('c1', refusal);
  expect(store.connections.get('c1')).toMatchObject({
    testStatus: 'error',
    lastError: refusal.message,
    lastErrorAtMs: 5,
  });
  status.answered('c1');
  expect(store.connections.get('c1')?.testStatus).toBe('active');
  expect(store.connections.get('c1')).not.toHaveProperty('lastError');
});

it('a rate limit says nothing about the key, and neither does an answer about an account that never failed', () => {
  const { store, status } = setUp();
  status.refused('c1', new OmniError('upstream_rate_limited', 'slow down'));
  expect(store.connections.get('c1')?.testStatus).toBe('active');
  store.connections.update('c1', { testStatus: 'unknown' });
  status.answered('c1');
  expect(store.connections.get('c1')?.testStatus).toBe('unknown');
});

it('a second key that is refused shows as failing too', () => {
  const { store, status } = setUp();
  status.refused('c1', refusal);
  store.connections.update('c1', { testStatus: 'unknown', lastError: undefined });
  status.refused('c1', refusal);
  expect(store.connections.get('c1')).toMatchObject({ testStatus: 'error', lastError: refusal.message });
});

it.each(['error', 'unavailable'] as const)(
  '"%s" of a test, or of before a restart, goes with an answer',
  (testStatus) => {
    const { store, status } = setUp();
    store.connections.update('c1', { testStatus, lastError: 'it was so' });
    status.answered('c1');
    expect(store.connections.get('c1')).toMatchObject({ testStatus: 'active' });
    expect(store.connections.get('c1')).not.toHaveProperty('lastError');
  },
);

it('a login that is over stays so, whatever late answers to its last calls say', () => {
  const { store, status } = setUp();
  status.refused('c1', refusal);
  const over = { isActive: false, testStatus: 'expired', lastError: 'Sign in again.' } as const;
  store.connections.update('c1', over);
  status.answered('c1');
  status.refused('c1', refusal);
  expect(store.connections.get('c1')).toMatchObject(over);
});

it('an account that was removed meanwhile is nobody to complain about', () => {
  const { status } = setUp();
  expect(() => status.refused('gone', refusal)).not.toThrow();
});
