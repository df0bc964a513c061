import { expect, it } from 'vitest';
import type { NewTokenRecord } from '../../core/store/store.ts';
import { connection } from './records.ts';
import { temporaryStore } from './temporary-store.ts';

const full: NewTokenRecord = {
  connectionId: 'c1',
  sealedAccessToken: 'enc:v2:a',
  sealedRefreshToken: 'enc:v2:r',
  sealedIdToken: 'enc:v2:i',
  sealedSecrets: 'enc:v2:s',
  expiresAtMs: 1_800_000_000_001,
  scope: 'one two',
  data: { plan: 'max' },
  refreshedAtMs: 1_800_000_000_000,
};

it('keeps tokens apart from the row: no change of one touches the other', () => {
  const { store } = temporaryStore();
  store.connections.insert(connection);
  expect(store.tokens.get('c1')).toMatchObject({ version: 0, data: {} });
  expect(store.tokens.put(full)).toBe(true);
  store.connections.update('c1', { name: 'Another', isActive: false });
  expect(store.tokens.get('c1')).toStrictEqual({ ...full, version: 1 });
  const { sealedIdToken, sealedSecrets, expiresAtMs, scope, ...few } = full;
  store.tokens.put(few);
  expect(store.tokens.get('c1')).toStrictEqual({ ...few, version: 2 });
  expect(store.connections.get('c1')).toMatchObject({ name: 'Another', isActive: false });
  expect(store.dependsOnVaultKey()).toBe(true);
  expect([store.tokens.get('nobody'), store.tokens.put({ ...full, connectionId: 'nobody' })]).toEqual([
    undefined,
    false,
  ]);
});

it('replaces tokens only if nobody wrote since, and forgets a failure with that', () => {
  const { store } = temporaryStore();
  store.connections.insert(connection);
  store.tokens.put(full);
  store.tokens.noteFailure('c1', 7);
  expect(store.tokens.get('c1')?.failedAtMs).toBe(7);
  expect(store.tokens.replace({ ...full, scope: 'new' }, 1)).toBe(true);
  expect(store.tokens.replace({ ...full, scope: 'late' }, 1)).toBe(false);
  expect(store.tokens.get('c1')).toStrictEqual({ ...full, scope: 'new', version: 2 });
});

it('swaps a lease only from what it is', () => {
  const { store } = temporaryStore();
  store.connections.insert(connection);
  expect(store.tokens.swapLease('c1', undefined, 'me/0')).toBe(true);
  expect(store.tokens.swapLease('c1', undefined, 'you/0')).toBe(false);
  expect(store.tokens.swapLease('c1', 'me/0', 'me/1')).toBe(true);
  expect(store.tokens.lease('c1')).toBe('me/1');
  expect(store.tokens.swapLease('c1', 'me/1', undefined)).toBe(true);
  expect(store.tokens.lease('c1')).toBeUndefined();
});
