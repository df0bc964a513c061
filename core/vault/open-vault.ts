/**
 * Finds the vault's key, or makes it at the first start. Three places, in this order: `OMNIROUTE_MASTER_KEY`, the
 * operating system's keychain, a key file. Everything sealed is lost with its key, so the rules are strict: an existing
 * entry or file is never overwritten; while anything depends on a key, only the key with the recorded fingerprint is
 * taken, and none is made; a new key is used only after it was read back from where it will be looked for next time.
 */
import { randomBytes } from 'node:crypto';
import { OmniError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import { environmentKey } from './environment-key.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { isKeyOf, type KeyRecord, type KeySource, keyRecord, readKeyRecord, writeKeyRecord } from './key-record.ts';
import { sealingVault } from './sealing.ts';
import { type Keychain, KeychainError, type KeychainTrouble, type Vault } from './vault.ts';
import { VaultClosed } from './vault-closed.ts';

const KEYCHAIN_ACCOUNT = 'master-key';

export interface VaultOptions {
  readonly keychain: Keychain;
  /** `OMNIROUTE_MASTER_KEY`. */
  readonly env: { readonly masterKey?: string };
  /** `DATA_DIR/master.key`. */
  readonly keyFilePath: string;
  /** Where the key's fingerprint and the salt of a passphrase are kept. */
  readonly keyValues: KeyValueRepository;
  /** Does anything in the store depend on the key? (`SqliteStore.dependsOnVaultKey`) */
  hasSealedRows(): boolean;
  readonly log: Log;
}

interface FoundKey {
  readonly source: KeySource;
  readonly key: Buffer;
  /** Of a passphrase. */
  readonly salt?: Buffer;
}

/** What a look at one place gave: a key, nothing, or a reason why nothing could be seen there. */
interface Look {
  readonly found?: FoundKey;
  readonly unreachable?: KeychainError;
}

/**
 * Opens the vault. While rows are sealed and their key is not to be had it throws, with a sentence on how to restore it:
 * `VaultClosed` where the key belongs in the keychain, else `internal`; also when a key is malformed or its file is open
 * to others.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const record = readKeyRecord(options.keyValues);
  const isNeeded = options.hasSealedRows();
  if (record === undefined && isNeeded)
    throw new OmniError(
      'internal',
      'The database holds sealed secrets but no note of their key (key_value, vault/key). Restore a complete backup of storage.sqlite.',
    );
  const found = await (options.env.masterKey === undefined || options.env.masterKey === ''
    ? findKey(options, record, isNeeded)
    : fromEnvironment(options.env.masterKey, record, isNeeded));
  if (record === undefined || record.source !== found.source || !isKeyOf(record, found.key)) {
    if (record !== undefined) options.log.info('The encryption key is kept elsewhere now.', { place: found.source });
    const salt = found.salt ?? (record === undefined ? undefined : Buffer.from(record.salt, 'base64url'));
    writeKeyRecord(options.keyValues, keyRecord(found.source, found.key, salt));
  }
  return sealingVault(found.key, placeName(found.source, options.keyFilePath));
}

async function fromEnvironment(masterKey: string, record: KeyRecord | undefined, isNeeded: boolean): Promise<FoundKey> {
  const salt = record === undefined ? randomBytes(16) : Buffer.from(record.salt, 'base64url');
  const key = await environmentKey(masterKey, () => salt);
  if (record !== undefined && isNeeded && !isKeyOf(record, key)) {
    const before =
      record.source === 'environment'
        ? 'another OMNIROUTE_MASTER_KEY'
        : `the key in ${record.source === 'file' ? 'the key file master.key' : 'the system keychain'}`;
    throw new OmniError(
      'internal',
      `OMNIROUTE_MASTER_KEY is not the key that sealed the stored secrets: that was ${before}. ` +
        'Set that key again, or unset the variable if the key was kept elsewhere. Nothing was changed.',
    );
  }
  return { source: 'environment', key, salt };
}

async function findKey(options: VaultOptions, record: KeyRecord | undefined, isNeeded: boolean): Promise<FoundKey> {
  const lookInKeychain = (): Promise<Look> => readKeychain(options.keychain);
  const lookInFile = (): Promise<Look> => Promise.resolve(readFile(options.keyFilePath));
  const looks: Look[] = [];
  for (const look of record?.source === 'file' ? [lookInFile, lookInKeychain] : [lookInKeychain, lookInFile]) {
    const seen = await look();
    if (seen.found !== undefined && (record === undefined || isKeyOf(record, seen.found.key))) return seen.found;
    looks.push(seen);
  }
  const unreachable = looks.find((look) => look.unreachable !== undefined)?.unreachable;
  const other = looks.find((look) => look.found !== undefined)?.found;
  if (record !== undefined && isNeeded) throw missingKey(options, record, { unreachable, other });
  if (other !== undefined) return other;
  return await makeKey(options, unreachable);
}

async function makeKey(
  { keychain, keyFilePath, log }: VaultOptions,
  unreachable: KeychainError | undefined,
): Promise<FoundKey> {
  const fresh = randomBytes(32).toString('base64url');
  let reason = unreachable?.message;
  if (reason === undefined) {
    try {
      await keychain.write(KEYCHAIN_ACCOUNT, fresh);
    } catch (error) {
      reason = messageOf(error);
    }
  }
  if (reason === undefined) {
    const back = await readKeychain(keychain);
    if (back.found !== undefined) return back.found;
    reason = back.unreachable?.message ?? 'it did not keep the key';
  }
  log.warn('The system keychain cannot be used; the encryption key goes to a file.', { reason, file: keyFilePath });
  writeKeyFile(keyFilePath, fresh);
  const back = readFile(keyFilePath);
  if (back.found === undefined) throw new OmniError('internal', `The key file ${keyFilePath} did not keep the key.`);
  return back.found;
}

async function readKeychain(keychain: Keychain): Promise<Look> {
  let text: string | undefined;
  try {
    text = await keychain.read(KEYCHAIN_ACCOUNT);
  } catch (error) {
    return {
      unreachable: error instanceof KeychainError ? error : new KeychainError('refused', messageOf(error), error),
    };
  }
  return text === undefined ? {} : { found: { source: 'keychain', key: parseKey(text, 'keychain entry OmniRoute') } };
}

function readFile(path: string): Look {
  const text = readKeyFile(path);
  return text === undefined ? {} : { found: { source: 'file', key: parseKey(text, `key file ${path}`) } };
}

function parseKey(text: string, place: string): Buffer {
  const key = Buffer.from(text, 'base64url');
  if (/^[\w-]{43}$/.test(text) && key.length === 32) return key;
  throw new OmniError(
    'internal',
    `The ${place} does not hold a key of OmniRoute. Restore it, or remove it if nothing is to be kept.`,
  );
}

function missingKey(
  { keyFilePath }: VaultOptions,
  record: KeyRecord,
  { unreachable, other }: { unreachable: KeychainError | undefined; other: FoundKey | undefined },
): OmniError {
  const state =
    other === undefined
      ? 'is missing'
      : `is missing, and the one in ${placeName(other.source, keyFilePath)} is another`;
  const message = (advice: string): string =>
    `The database holds sealed secrets, but their key, kept in ${placeName(record.source, keyFilePath)}, ${state}. ` +
    `${advice} If the key is lost for good, move storage.sqlite away and start anew. Nothing was changed.`;
  if (record.source === 'environment')
    return new OmniError('internal', message('Set OMNIROUTE_MASTER_KEY to the value it had.'));
  if (record.source === 'file')
    return new OmniError('internal', message(`Put the file ${keyFilePath} back from a backup.`));
  if (unreachable !== undefined) return new VaultClosed(unreachable.trouble, closedBecause(unreachable), unreachable);
  const restore = 'Restore its entry "OmniRoute" from a backup, or set OMNIROUTE_MASTER_KEY to its value.';
  return new VaultClosed('lost', message(restore));
}

/** A bus quotes whole messages. */
const REASON_LENGTH = 100;
const WAY_OUT: Readonly<Record<KeychainTrouble, string>> = {
  locked: 'The system keychain is locked. Unlock it, then try again here.',
  missing:
    'The system keychain is not running, and the key to the stored secrets is kept in it. Log in to a desktop session ' +
    'with a keychain, then try again here, or start with OMNIROUTE_MASTER_KEY set to the key kept there.',
  refused:
    'The system keychain refused to give out the key to the stored secrets. Allow OmniRoute to use it, then try again here.',
};

function closedBecause({ trouble, message }: KeychainError): string {
  const reason = message.slice(0, REASON_LENGTH).replace(/[.;,\s]+$/, '');
  return `${WAY_OUT[trouble]} Until then accounts and API keys rest; nothing was changed. (${reason}.)`;
}

function placeName(source: KeySource, keyFilePath: string): string {
  if (source === 'environment') return 'OMNIROUTE_MASTER_KEY';
  return source === 'keychain' ? 'the system keychain' : `the key file ${keyFilePath}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
