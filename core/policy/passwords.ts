/** The owner's password, kept as a salted scrypt hash: a copy of the database does not give it away cheaply. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { OmniError } from '../base/errors.ts';

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 1_024;

interface Cost {
  readonly log2N: number;
  readonly blockSize: number;
  readonly parallel: number;
}

/** 32 MiB and about 80 ms a check. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const COST: Cost = { log2N: 15, blockSize: 8, parallel: 1 };
const HASH_BYTES = 32;
const STORED = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/;

/** Throws `invalid_request` when a password chosen on a page is too short or too long. */
export function checkPassword(password: string, path = 'password'): void {
  if (password.length >= PASSWORD_LENGTH_MIN && password.length <= PASSWORD_LENGTH_MAX) return;
  throw new OmniError('invalid_request', `The password must have at least ${PASSWORD_LENGTH_MIN} characters.`, {
    path,
  });
}

/**
 * INITIAL_PASSWORD is its operator's choice: a short one is taken, and false says that it should be longer. What the
 * nearest systems ship as their default is refused: it is the first thing tried. Throws `invalid_request`.
 */
export function checkInitialPassword(password: string): boolean {
  if (/^(123456|password|changeme|admin)$/i.test(password) || password.length > PASSWORD_LENGTH_MAX) {
    throw new OmniError(
      'invalid_request',
      'INITIAL_PASSWORD is a password that everybody tries first. Choose another.',
      {
        path: 'INITIAL_PASSWORD',
      },
    );
  }
  return password.length >= PASSWORD_LENGTH_MIN;
}

/** `scrypt$15$8$1$salt$hash`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return [
    'scrypt',
    COST.log2N,
    COST.blockSize,
    COST.parallel,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join('$');
}

/** Is this the password? Throws `internal` when the stored hash is not one of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, log2N, blockSize, parallel, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined)
    throw new OmniError('internal', 'The stored password hash cannot be read.');
  const cost = { log2N: Number(log2N), blockSize: Number(blockSize), parallel: Number(parallel) };
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(password.slice(0, PASSWORD_LENGTH_MAX), Buffer.from(salt, 'base64url'), cost);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The same letters typed on another system may be other code points, so they are composed first. */
function derive(password: string, salt: Buffer, { log2N, blockSize, parallel }: Cost): Promise<Buffer> {
  const options = { N: 2 ** log2N, r: blockSize, p: parallel, maxmem: 256 * 2 ** log2N * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
