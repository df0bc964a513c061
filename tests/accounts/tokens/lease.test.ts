import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { takeLease } from '../../../core/accounts/tokens/lease.ts';
import { connection } from '../../store/records.ts';
import { temporaryStore } from '../../store/temporary-store.ts';

function leases() {
  const { store } = temporaryStore();
  store.connections.insert(connection);
  return store.tokens;
}
const wanted = { isNeeded: () => true, limitMs: 300 };

it('is held by one at a time, and by the next after that', async () => {
  const tokens = leases();
  const first = await takeLease('c1', tokens, wanted);
  expect(first).toBeDefined();
  expect(await takeLease('c1', tokens, wanted)).toBeUndefined();
  const waiting = takeLease('c1', tokens, { ...wanted, limitMs: 5_000 });
  first?.release();
  const second = await waiting;
  expect(second).toBeDefined();
  second?.release();
  expect(tokens.lease('c1')).toBeUndefined();
});

it('is not waited for when it is not needed any more', async () => {
  const tokens = leases();
  await takeLease('c1', tokens, wanted);
  let asked = 0;
  const isNeeded = (): boolean => {
    asked += 1;
    return asked < 3;
  };
  expect(await takeLease('c1', tokens, { isNeeded, limitMs: 5_000 })).toBeUndefined();
  expect(asked).toBe(3);
});

it('of a process that is gone, or was another with the same number, is taken at once; of a living one not', async () => {
  const tokens = leases();
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const swap = (word: string): void => {
    expect(tokens.swapLease('c1', tokens.lease('c1'), word)).toBe(true);
  };
  swap(`${hostname()}/${child.pid}/born/x/3`);
  expect(await takeLease('c1', tokens, wanted)).toBeDefined();
  swap(`${hostname()}/${process.pid}/earlier/x/3`);
  expect(await takeLease('c1', tokens, wanted)).toBeDefined();
  swap(`${hostname()}/${process.ppid}/born/x/3`);
  expect(await takeLease('c1', tokens, wanted)).toBeUndefined();
  swap('another-machine/1/born/x/3');
  expect(await takeLease('c1', tokens, wanted)).toBeUndefined();
});
