import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { openVault } from '../../core/vault/open-vault.ts';
import type { Keychain, Vault } from '../../core/vault/vault.ts';
import { connection } from '../store/records.ts';
import { keepingLog, temporaryFolder, temporaryStore } from '../store/temporary-store.ts';

const place = 'provider_connections/c1/api_key';
const hexKey = '0f'.repeat(32);

interface FakeKeychain extends Keychain {
  readonly entries: Map<string, string>;
  unreachable: string | undefined;
}

function fakeKeychain(unreachable?: string): FakeKeychain {
  const entries = new Map<string, string>();
  const keychain: FakeKeychain = {
    entries,
    unreachable,
    read: async (account) => {
      if (keychain.unreachable !== undefined) throw new Error(keychain.unreachable);
      return entries.get(account);
    },
    write: async (account, value) => {
      if (keychain.unreachable !== undefined) throw new Error(keychain.unreachable);
      entries.set(account, value);
    },
  };
  return keychain;
}

/** A data directory with a keychain, to start in again and again. */
function installation(keychain: FakeKeychain = fakeKeychain()) {
  const keyFilePath = join(temporaryFolder(), 'master.key');
  const { store } = temporaryStore();
  const log = keepingLog();
  const start = (masterKey?: string): Promise<Vault> =>
    openVault({
      keychain,
      env: masterKey === undefined ? {} : { masterKey },
      keyFilePath,
      keyValues: store.keyValues,
      hasSealedRows: () => store.dependsOnVaultKey(),
      log,
    });
  const sealOne = (vault: Vault): void =>
    store.connections.insert({ ...connection, sealedApiKey: vault.seal(new Secret('sk-kept'), place) });
  const opened = (vault: Vault): string => vault.open(store.connections.get('c1')?.sealedApiKey ?? '', place).reveal();
  return { keychain, keyFilePath, store, log, start, sealOne, opened };
}

describe('openVault with a keychain', () => {
  it('writes a key of 32 bytes at the first start, and finds it at the second', async () => {
    const { keychain, keyFilePath, start, sealOne, opened } = installation();
    const vault = await start();
    sealOne(vault);
    expect(vault.keptIn).toBe('the system keychain');
    expect([...keychain.entries.keys()]).toEqual(['master-key']);
    expect(Buffer.from(keychain.entries.get('master-key') ?? '', 'base64url')).toHaveLength(32);
    expect(existsSync(keyFilePath)).toBe(false);
    expect(opened(await start())).toBe('sk-kept');
  });

  it('uses the key it reads back, not the one it wrote', async () => {
    const keychain = fakeKeychain();
    const others = Buffer.alloc(32, 5).toString('base64url');
    const { start, sealOne, opened } = installation({
      ...keychain,
      write: async (account) => void keychain.entries.set(account, others),
    });
    sealOne(await start());
    expect(opened(await start())).toBe('sk-kept');
  });

  it('falls to the key file when the keychain loses what is written', async () => {
    const keychain = fakeKeychain();
    const { start, log } = installation({ ...keychain, write: async () => undefined });
    expect((await start()).keptIn).toContain('the key file');
    expect(log.lines[0]?.text).toContain('it did not keep the key');
  });

  it('adopts an entry that is there already, for another data directory, and never overwrites it', async () => {
    const keychain = fakeKeychain();
    await installation(keychain).start();
    const entry = keychain.entries.get('master-key');
    const second = installation(keychain);
    second.sealOne(await second.start());
    expect(keychain.entries.get('master-key')).toBe(entry);
    expect(second.opened(await second.start())).toBe('sk-kept');
  });

  it('pitfall 37: stops when the keychain was wiped while rows are sealed, and makes nothing', async () => {
    const { keychain, keyFilePath, start, sealOne } = installation();
    sealOne(await start());
    keychain.entries.clear();
    await expect(start()).rejects.toThrow(
      /kept in the system keychain, is missing\. Restore its entry "OmniRoute" from a backup, or set OMNIROUTE_MASTER_KEY/,
    );
    expect(keychain.entries.size).toBe(0);
    expect(existsSync(keyFilePath)).toBe(false);
  });

  it('stops when the entry was replaced by another key while rows are sealed', async () => {
    const { keychain, start, sealOne } = installation();
    sealOne(await start());
    keychain.entries.set('master-key', Buffer.alloc(32, 9).toString('base64url'));
    await expect(start()).rejects.toThrow('is missing, and the one in the system keychain is another');
  });

  it('stays closed when an unusable keychain holds the key of sealed rows, instead of falling back to a file', async () => {
    const { keychain, keyFilePath, start, sealOne } = installation();
    sealOne(await start());
    keychain.unreachable = 'it has its reasons';
    await expect(start()).rejects.toMatchObject({
      code: 'vault_closed',
      why: 'refused',
      message: expect.stringMatching(/The system keychain refused .* nothing was changed\. \(it has its reasons\.\)$/),
    });
    expect(existsSync(keyFilePath)).toBe(false);
  });

  it('can be rescued with the keychain entry in OMNIROUTE_MASTER_KEY, and again without it', async () => {
    const { keychain, start, sealOne, opened } = installation();
    sealOne(await start());
    const entry = keychain.entries.get('master-key');
    keychain.unreachable = 'no D-Bus';
    expect(opened(await start(entry))).toBe('sk-kept');
    keychain.unreachable = undefined;
    const vault = await start();
    expect([opened(vault), vault.keptIn]).toEqual(['sk-kept', 'the system keychain']);
  });

  it('makes a new key when the old one is gone and nothing depends on it', async () => {
    const { keychain, start } = installation();
    const before = (await start()).derive('x');
    keychain.entries.clear();
    expect((await start()).derive('x')).not.toEqual(before);
  });

  it('counts API keys as depending on it: their hashes are made with it', async () => {
    const { keychain, store, start } = installation();
    await start();
    store.apiKeys.insert({
      id: 'a1',
      name: 'Laptop',
      keyHash: 'ab',
      hint: 'wxyz',
      scopes: ['inference'],
      allowedModels: [],
      isActive: true,
      createdAtMs: 1,
    });
    keychain.entries.clear();
    await expect(start()).rejects.toThrow('is missing');
  });

  it('names an entry that is no key', async () => {
    const { keychain, start } = installation();
    keychain.entries.set('master-key', 'hello');
    await expect(start()).rejects.toThrow('The keychain entry OmniRoute does not hold a key of OmniRoute.');
  });
});

describe('openVault with a key file', () => {
  it('makes it for the owner only when there is no keychain and nothing is sealed, and says why', async () => {
    const { keyFilePath, start, sealOne, opened, log } = installation(fakeKeychain('Cannot autolaunch D-Bus'));
    const vault = await start();
    sealOne(vault);
    expect(vault.keptIn).toBe(`the key file ${keyFilePath}`);
    expect(readFileSync(keyFilePath, 'utf8')).toMatch(/^[\w-]{43}\n$/);
    if (process.platform !== 'win32') expect(statSync(keyFilePath).mode & 0o777).toBe(0o600);
    expect(log.lines.map(({ text }) => text).join()).toContain('Cannot autolaunch D-Bus');
    expect(log.lines.map(({ text }) => text).join()).not.toContain(readFileSync(keyFilePath, 'utf8').trim());
    expect(opened(await start())).toBe('sk-kept');
  });

  it('stays with the file when a keychain turns up later', async () => {
    const { keychain, keyFilePath, start, sealOne, opened } = installation(fakeKeychain('no D-Bus'));
    sealOne(await start());
    keychain.unreachable = undefined;
    const vault = await start();
    expect([opened(vault), vault.keptIn]).toEqual(['sk-kept', `the key file ${keyFilePath}`]);
    expect(keychain.entries.size).toBe(0);
  });

  it('refuses a file that others may read', async (context) => {
    if (process.platform === 'win32') context.skip('file modes are a POSIX matter');
    const { keyFilePath, start } = installation(fakeKeychain('no D-Bus'));
    await start();
    for (const mode of [0o640, 0o604]) {
      chmodSync(keyFilePath, mode);
      await expect(start()).rejects.toThrow(`Close it with: chmod 600 "${keyFilePath}"`);
    }
  });

  it('stops on a missing, wrong or damaged file while rows are sealed, and leaves it as it is', async () => {
    const { keyFilePath, start, sealOne, opened } = installation(fakeKeychain('no D-Bus'));
    sealOne(await start());
    const key = readFileSync(keyFilePath, 'utf8');
    for (const [text, message] of [
      [Buffer.alloc(32, 3).toString('base64url'), 'is another'],
      ['', 'does not hold a key of OmniRoute'],
    ] as const) {
      writeFileSync(keyFilePath, text);
      await expect(start()).rejects.toThrow(message);
      expect(readFileSync(keyFilePath, 'utf8')).toBe(text);
    }
    writeFileSync(keyFilePath, key);
    expect(opened(await start())).toBe('sk-kept');
  });
});

describe('openVault with OMNIROUTE_MASTER_KEY', () => {
  it('takes the same 32 bytes as hex and as base64, and asks no keychain', async () => {
    const { keyFilePath, start, sealOne, opened } = installation(fakeKeychain('must not matter'));
    const vault = await start(hexKey);
    sealOne(vault);
    expect(vault.keptIn).toBe('OMNIROUTE_MASTER_KEY');
    for (const form of ['base64', 'base64url'] as const)
      expect(opened(await start(Buffer.from(hexKey, 'hex').toString(form)))).toBe('sk-kept');
    expect(existsSync(keyFilePath)).toBe(false);
  });

  it('stretches a passphrase with a salt of its own, the same at each start', async () => {
    const passphrase = 'correct horse battery staple';
    const [first, second] = [installation(), installation()];
    const vault = await first.start(passphrase);
    first.sealOne(vault);
    expect(first.opened(await first.start(passphrase))).toBe('sk-kept');
    expect((await second.start(passphrase)).derive('x')).not.toEqual(vault.derive('x'));
    await expect(first.start('another passphrase, also long')).rejects.toThrow('is not the key that sealed');
  });

  it('refuses a short one', async () => {
    await expect(installation().start('hunter2')).rejects.toThrow('OMNIROUTE_MASTER_KEY is too short');
  });

  it('stops on another key while rows are sealed, and takes it when none are', async () => {
    const { store, start, sealOne } = installation();
    sealOne(await start(hexKey));
    const other = 'aa'.repeat(32);
    await expect(start(other)).rejects.toThrow(
      'OMNIROUTE_MASTER_KEY is not the key that sealed the stored secrets: that was another OMNIROUTE_MASTER_KEY.',
    );
    store.connections.remove('c1');
    expect((await start(other)).keptIn).toBe('OMNIROUTE_MASTER_KEY');
  });

  it('stops when it is gone while rows are sealed', async () => {
    const { keychain, start, sealOne } = installation();
    sealOne(await start(hexKey));
    await expect(start()).rejects.toThrow('Set OMNIROUTE_MASTER_KEY to the value it had.');
    await expect(start('')).rejects.toThrow('Set OMNIROUTE_MASTER_KEY to the value it had.');
    expect(keychain.entries.size).toBe(0);
  });
});

describe('the note of the key', () => {
  it('holds a fingerprint and no key', async () => {
    const { keychain, store, start } = installation();
    await start();
    const note = JSON.stringify(store.keyValues.get('vault', 'key'));
    expect(note).toMatch(/"source":"keychain".*"fingerprint":"[\da-f]{64}"/);
    expect(note).not.toContain(keychain.entries.get('master-key'));
  });

  it('missing or damaged beside sealed rows stops the start', async () => {
    const { store, start, sealOne } = installation();
    sealOne(await start());
    store.keyValues.set('vault', 'key', { source: 'nowhere' });
    await expect(start()).rejects.toThrow('its note about the encryption key');
    store.keyValues.remove('vault', 'key');
    await expect(start()).rejects.toThrow('Restore a complete backup of storage.sqlite.');
  });
});
