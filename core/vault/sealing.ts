/**
 * Sealing over one key: AES-256-GCM with a fresh 12-byte nonce, the place as additional data (NIST SP 800-38D,
 * https://doi.org/10.6028/NIST.SP.800-38D). The vault's key itself encrypts nothing: each use has a key of its own,
 * derived with HKDF-SHA-256 (RFC 5869).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { OmniError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Vault } from './vault.ts';

const ALGORITHM = 'aes-256-gcm';
const PREFIX = 'enc:v2:';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SEALED = /^enc:v2:([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/** 32 bytes for one use, the same for the same key and use. */
export function deriveKey(masterKey: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `omniroute/${use}`, KEY_BYTES));
}

/** The vault over a key of 32 bytes. Sealed: `enc:v2:<nonce>.<ciphertext>.<tag>`, each base64url without padding. */
export function sealingVault(masterKey: Buffer, keptIn: string): Vault {
  const sealingKey = deriveKey(masterKey, 'seal');
  return {
    keptIn,
    derive: (use) => deriveKey(masterKey, `derive/${use}`),
    seal: (secret, place) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealingKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
      return PREFIX + [nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url')).join('.');
    },
    open: (sealed, place) => {
      const [, nonce, ciphertext, tag] = SEALED.exec(sealed) ?? [];
      if (nonce === undefined || ciphertext === undefined || tag === undefined)
        throw new OmniError('internal', `The secret at ${place} is not in the form the vault writes. Enter it again.`);
      try {
        const decipher = createDecipheriv(ALGORITHM, sealingKey, Buffer.from(nonce, 'base64url'), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(place));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return new Secret(
          Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString('utf8'),
        );
      } catch (error) {
        throw new OmniError(
          'internal',
          `The secret at ${place} cannot be opened: it was altered, moved from another place, or sealed with another key. Enter it again.`,
          { cause: error },
        );
      }
    },
  };
}
