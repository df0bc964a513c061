import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { createSignatureCache } from '../../core/policy/signature-cache.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { memoryVault } from '../support/memory-vault.ts';
import { testClock } from '../support/test-clock.ts';

function open() {
  const { store } = temporaryStore();
  const vault = memoryVault();
  const clock = testClock();
  const start = () => createSignatureCache({ repository: store.signatures, ...{ vault, clock, log: silentLog } });
  return { store, clock, start };
}

describe('the signature cache', () => {
  it('keeps what it was given over a restart, sealed, and counts what was asked', () => {
    const { store, start } = open();
    const cache = start();
    cache.put('key', 'what was thought');
    expect(store.signatures.get('key')?.data).not.toContain('thought');
    const again = start();
    expect([again.get('key'), again.get('other')]).toEqual(['what was thought', undefined]);
    expect(again.get('other')).toBeUndefined();
    expect(again.stats()).toEqual({ entries: 1, hits: 1, misses: 1 });
    again.put('other', 'now it is there');
    expect(again.get('other')).toBe('now it is there');
  });

  it('does without what was sealed for another place, and keeps nothing beyond a size', () => {
    const { store, start } = open();
    const cache = start();
    cache.put('key', 'text');
    store.signatures.put({ callId: 'moved', data: store.signatures.get('key')?.data ?? '', createdAtMs: 1 });
    expect(cache.get('moved')).toBeUndefined();
    cache.put('long', 'x'.repeat(300_000));
    expect(cache.get('long')).toBeUndefined();
  });
});

describe('signatures in the store', () => {
  it.each([
    ['age', [3_000, 100, 1_000], ['new']],
    ['number', [0, 2, 1_000], ['middle', 'new']],
    ['bytes', [0, 100, 29], []],
    ['none of them', [0, 100, 30], ['old', 'middle', 'new']],
  ] as const)('are bounded in %s, the oldest first', (_bound, [olderThanMs, entries, bytes], left) => {
    const { store } = temporaryStore();
    ['old', 'middle', 'new'].forEach((callId, at) => {
      store.signatures.put({ callId, data: 'x'.repeat(10), createdAtMs: 1_000 + at * 1_000 });
    });
    store.signatures.prune(olderThanMs, entries, bytes);
    expect(['old', 'middle', 'new'].filter((key) => store.signatures.get(key) !== undefined)).toEqual(left);
  });
});
