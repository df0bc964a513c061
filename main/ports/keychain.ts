/**
 * The operating system's keychain through keytar: Keychain on macOS, Credential Manager on Windows, the Secret Service
 * on Linux. keytar is loaded at the first use, so that a machine without it, or without libsecret, gets a reason
 * instead of a crash.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Keychain, KeychainError, type KeychainTrouble } from '../../core/vault/vault.ts';

const SERVICE = 'OmniRoute';
/** A person may be asked for the keychain's password meanwhile. */
const ANSWER_LIMIT_MS = 60_000;

/** An entry that is written and removed again, to tell a locked keychain from one without the entry. */
const PROBE = 'is-it-unlocked';

/**
 * The keychain under the service name `OmniRoute`. `read` and `write` throw `KeychainError` when it is missing, locked,
 * refusing, or silent for longer than `answerLimitMs`.
 */
export function systemKeychain(answerLimitMs: number = ANSWER_LIMIT_MS): Keychain {
  const ask = async <T>(question: (keytar: Keytar) => Promise<T>): Promise<T> => {
    try {
      return await limited(question(await loadKeytar()), answerLimitMs);
    } catch (error) {
      if (error instanceof KeychainError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new KeychainError(troubleOf(message), message, error);
    }
  };
  const write = (account: string, value: string): Promise<void> =>
    ask((keytar) => keytar.setPassword(SERVICE, account, value));
  return {
    write,
    read: async (account) => {
      const value = await ask((keytar) => keytar.getPassword(SERVICE, account));
      if (value !== null) return value;
      // libsecret finds nothing in a locked collection, and does not say so; writing there fails.
      if (process.platform === 'linux') {
        await write(PROBE, 'yes');
        await ask((keytar) => keytar.deletePassword(SERVICE, PROBE));
      }
      return undefined;
    },
  };
}

type Keytar = typeof import('keytar');

/** What libsecret and GDBus say, and what it means. Whatever else they say is a refusal. */
const TROUBLES: readonly (readonly [RegExp, KeychainTrouble])[] = [
  [/locked collection|is locked|prompt was dismissed/i, 'locked'],
  [/Object does not exist at path .*\/collection\//, 'locked'],
  [/was not provided by any \.service|Could not connect|Cannot autolaunch D-Bus|cannot be loaded/i, 'missing'],
];

function troubleOf(message: string): KeychainTrouble {
  return TROUBLES.find(([pattern]) => pattern.test(message))?.[1] ?? 'refused';
}

async function loadKeytar(): Promise<Keytar> {
  try {
    return (await import('keytar')).default;
  } catch (error) {
    throw new Error(
      process.platform === 'linux'
        ? 'keytar cannot be loaded; on Linux it needs the package libsecret-1-0'
        : 'keytar cannot be loaded',
      { cause: error },
    );
  }
}

async function limited<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  const stop = new AbortController();
  const silence = delay(limitMs, undefined, { signal: stop.signal, ref: false }).then((): never => {
    throw new Error(`the keychain did not answer within ${limitMs / 1_000} seconds`);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    stop.abort();
  }
}
