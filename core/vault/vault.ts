/**
 * The vault seals secrets before they reach the store (AES-256-GCM, a fresh 12-byte nonce each, the record's place as
 * additional data, so that a sealed value cannot be moved to another row). Its key lives with the operating system's
 * keychain, or, headless, in the environment or a key file.
 */
import type { Secret } from '../base/secret.ts';

/** The operating system's keychain, or what stands in for it. */
export interface Keychain {
  /** Undefined when there is no such entry. Throws `KeychainError` when the keychain cannot be used. */
  read(account: string): Promise<string | undefined>;
  /** Throws `KeychainError` when the keychain cannot be used. */
  write(account: string, value: string): Promise<void>;
}

/**
 * Why a keychain cannot be used: `missing` (none runs, or what it needs is not installed), `locked` (it waits for its
 * password), `refused` (it is there and says no, or nothing).
 */
export type KeychainTrouble = 'missing' | 'locked' | 'refused';

/** `message` is the keychain's own reason, for people; it holds no secret. */
export class KeychainError extends Error {
  readonly trouble: KeychainTrouble;
  constructor(trouble: KeychainTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KeychainError';
    this.trouble = trouble;
  }
}

/**
 * Can sealed values be opened? When not, why: one of `KeychainTrouble`, or `lost`: the keychain is fine, the key in it is
 * gone or another one. `message` says what to do.
 */
export type VaultState =
  | { readonly is: 'open'; readonly keptIn: string }
  | { readonly is: KeychainTrouble | 'lost'; readonly message: string };

export interface Vault {
  /** `place` names the row and column: `provider_connections/<id>/api_key`. Throws `vault_closed`. */
  seal(secret: Secret, place: string): string;
  /** Throws `vault_closed`, or `internal` when the value was altered, moved, or sealed with another key. */
  open(sealed: string, place: string): Secret;
  /** A key of its own for another use (HMAC of API keys, cookie signatures), derived with HKDF: 32 bytes. Throws `vault_closed`. */
  derive(use: string): Buffer;
  /** How the key is kept, in one line for the start-up message: `the system keychain`. */
  readonly keptIn: string;
}

/** A vault whose key may be out of reach at the start and found later. */
export interface LockableVault extends Vault {
  state(): VaultState;
  /** Looks for the key again, at a person's wish: a keychain may ask for its password meanwhile. */
  unlock(): Promise<VaultState>;
}
