/**
 * The vault seals secrets before they reach the store (AES-256-GCM, a fresh 12-byte nonce each, the record's place as
 * additional data, so that a sealed value cannot be moved to another row). Its key lives with the operating system's
 * keychain, or, headless, in the environment or a key file.
 */
import type { Secret } from '../base/secret.ts';

/** The operating system's keychain, or what stands in for it. */
export interface Keychain {
  /** Undefined when there is no such entry. Throws, with the reason as its message, when the keychain cannot be reached. */
  read(account: string): Promise<string | undefined>;
  write(account: string, value: string): Promise<void>;
}

export interface Vault {
  /** `place` names the row and column: `provider_connections/<id>/api_key`. */
  seal(secret: Secret, place: string): string;
  /** Throws `internal` when the value was altered, moved, or sealed with another key. */
  open(sealed: string, place: string): Secret;
  /** A key of its own for another use (HMAC of API keys, cookie signatures), derived with HKDF: 32 bytes. */
  derive(use: string): Buffer;
  /** How the key is kept, in one line for the start-up message: `the system keychain`. */
  readonly keptIn: string;
}
