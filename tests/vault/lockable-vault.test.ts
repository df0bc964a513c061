import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { openLockableVault } from '../../core/vault/lockable-vault.ts';
import { type Keychain, KeychainError, type KeychainTrouble } from '../../core/vault/vault.ts';
import { connection } from '../store/records.ts';
import { keepingLog, temporaryFolder, temporaryStore } from '../store/temporary-store.ts';

const place = 'provider_connections/c1/api_key';

/** An installation whose keychain has one sealed secret, and can then be put out of reach. */
async function sealedInstallation() {
  const entries = new Map<string, string>();
  let trouble: KeychainTrouble | undefined;
  let reads = 0;
  const usable = (): void => {
    if (trouble !== undefined) throw new KeychainError(trouble, `It is ${trouble}`);
  };
  const keychain: Keychain = {
    read: async (account) => {
      reads += 1;
      usable();
      return entries.get(account);
    },
    write: async (account, value) => {
      usable();
      entries.set(account, value);
    },
  };
  const { store } = temporaryStore();
  const keyFilePath = join(temporaryFolder(), 'master.key');
  const parts = { keychain, env: {}, keyFilePath, keyValues: store.keyValues, log: keepingLog() };
  const start = () => openLockableVault({ ...parts, hasSealedRows: () => store.dependsOnVaultKey() });
  const sealed = (await start()).seal(new Secret('sk-kept'), place);
  store.connections.insert({ ...connection, sealedApiKey: sealed });
  return {
    ...{ start, sealed, entries },
    reads: () => reads,
    is: (next: KeychainTrouble | undefined) => {
      trouble = next;
    },
  };
}

describe('the lockable vault', () => {
  it.each([
    ['locked', 'Unlock it, then try again here.'],
    ['missing', 'is not running'],
    ['refused', 'Allow OmniRoute to use it'],
  ] as const)('starts while the keychain is %s, says so, and opens when it is back', async (trouble, advice) => {
    const { start, is, sealed } = await sealedInstallation();
    is(trouble);
    const vault = await start();
    expect(vault.state()).toEqual({ is: trouble, message: expect.stringContaining(advice) });
    for (const use of [
      () => vault.open(sealed, place),
      () => vault.seal(new Secret('x'), place),
      () => vault.derive('session'),
    ]) {
      expect(use).toThrow(expect.objectContaining({ code: 'vault_closed', message: expect.stringContaining(advice) }));
    }
    expect((await vault.unlock()).is).toBe(trouble);
    is(undefined);
    expect(await vault.unlock()).toEqual({ is: 'open', keptIn: 'the system keychain' });
    expect(vault.open(sealed, place).reveal()).toBe('sk-kept');
  });

  it('tells a lost key from an unusable keychain, and makes none', async () => {
    const { start, entries } = await sealedInstallation();
    entries.clear();
    const vault = await start();
    expect(vault.state()).toEqual({ is: 'lost', message: expect.stringContaining('Restore its entry "OmniRoute"') });
    expect((await vault.unlock()).is).toBe('lost');
    expect(entries.size).toBe(0);
  });

  it('asks the keychain once for several people, and not at all once it is open', async () => {
    const { start, is, reads } = await sealedInstallation();
    is('locked');
    const vault = await start();
    is(undefined);
    const before = reads();
    await Promise.all([vault.unlock(), vault.unlock(), vault.unlock()]);
    await vault.unlock();
    expect(reads() - before).toBe(1);
  });
});
