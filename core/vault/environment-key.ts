/** The vault's key from `OMNIROUTE_MASTER_KEY`: 32 bytes as hex or base64, or a passphrase. */
import { scrypt } from 'node:crypto';
import { OmniError } from '../base/errors.ts';

const KEY_BYTES = 32;
const PASSPHRASE_MIN = 16;
/** About 32 MiB for a quarter of a second; https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 } as const;

/**
 * The key as given: 64 hex digits, 43 or 44 characters of base64 (either alphabet) that are 32 bytes, or a passphrase
 * of at least 16 characters, stretched with scrypt and the salt. Throws `internal` for anything shorter.
 */
export async function environmentKey(value: string, salt: () => Buffer): Promise<Buffer> {
  const text = value.trim();
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^[\w+/-]{43}=?$/.test(text)) {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length === KEY_BYTES) return bytes;
  }
  if (text.length < PASSPHRASE_MIN)
    throw new OmniError(
      'internal',
      'OMNIROUTE_MASTER_KEY is too short. Give 32 random bytes as hex or base64 (`openssl rand -base64 32`), or a passphrase of at least 16 characters.',
    );
  return await stretch(text, salt());
}

function stretch(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, SCRYPT, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
