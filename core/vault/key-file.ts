/** The vault's key in a file: for machines without a keychain. One line of base64url, mode 0600, never overwritten. */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { OmniError } from '../base/errors.ts';

/** The file's text without white space, or undefined when there is no file. Throws `internal` when others may read it. */
export function readKeyFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unusable(path, 'cannot be read. Make it readable for the user that runs OmniRoute', error);
  }
  try {
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw unusable(path, `is open to other users. Close it with: chmod 600 "${path}"`);
    return readFileSync(file, 'utf8').trim();
  } finally {
    closeSync(file);
  }
}

/** Writes a new key file. Throws `internal` when it cannot be written, also when there is one already. */
export function writeKeyFile(path: string, key: string): void {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(file, `${key}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unusable(path, 'cannot be written. Make its folder writable, or set OMNIROUTE_MASTER_KEY', error);
  }
}

function unusable(path: string, what: string, cause?: unknown): OmniError {
  return new OmniError('internal', `The key file ${path} ${what}.`, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
