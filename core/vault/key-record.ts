/**
 * What the store remembers about the vault's key, so that a wrong key is told from the right one before anything is
 * opened or sealed with it: where the key was kept, a fingerprint of it, and the salt of a passphrase. It stands in
 * `key_value`, namespace `vault`, beside the rows that the key sealed, and so travels with every backup of them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { OmniError } from '../base/errors.ts';
import { asObject, asString } from '../base/json.ts';
import type { KeyValueRepository } from '../store/store.ts';

export type KeySource = 'environment' | 'keychain' | 'file';

export interface KeyRecord {
  readonly source: KeySource;
  /** HMAC-SHA256 of a constant under the key, hex. */
  readonly fingerprint: string;
  /** Of a passphrase: 16 bytes, base64url. */
  readonly salt: string;
}

const NAMESPACE = 'vault';
const KEY = 'key';
const SOURCES: readonly KeySource[] = ['environment', 'keychain', 'file'];

/** A record for a key; the salt is fresh unless given. */
export function keyRecord(source: KeySource, key: Buffer, salt: Buffer = randomBytes(16)): KeyRecord {
  return { source, fingerprint: fingerprintOf(key), salt: salt.toString('base64url') };
}

/** Is this the key of the record? */
export function isKeyOf(record: KeyRecord, key: Buffer): boolean {
  const [expected, actual] = [Buffer.from(record.fingerprint), Buffer.from(fingerprintOf(key))];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The record, or undefined before the first start. Throws `internal` when it is there but damaged. */
export function readKeyRecord(keyValues: KeyValueRepository): KeyRecord | undefined {
  const value = keyValues.get(NAMESPACE, KEY);
  if (value === undefined) return undefined;
  const record = asObject(value);
  const source = SOURCES.find((one) => one === record?.['source']);
  const [fingerprint, salt] = [asString(record?.['fingerprint']), asString(record?.['salt'])];
  if (source === undefined || fingerprint === undefined || salt === undefined)
    throw new OmniError(
      'internal',
      'The database is damaged: its note about the encryption key (key_value, vault/key) cannot be read. Restore a backup.',
    );
  return { source, fingerprint, salt };
}

export function writeKeyRecord(keyValues: KeyValueRepository, record: KeyRecord): void {
  keyValues.set(NAMESPACE, KEY, { source: record.source, fingerprint: record.fingerprint, salt: record.salt });
}

function fingerprintOf(key: Buffer): string {
  return createHmac('sha256', key).update('omniroute vault key').digest('hex');
}
