/**
 * The operating system's keychain through keytar: Keychain on macOS, Credential Manager on Windows, the Secret Service
 * on Linux. keytar is loaded at the first use, so that a machine without it, or without libsecret, gets a reason
 * instead of a crash.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Keychain } from '../../core/vault/vault.ts';

const SERVICE = 'OmniRoute';
/** A person may be asked for the keychain's password meanwhile. */
const ANSWER_LIMIT_MS = 60_000;

/**
 * The keychain under the service name `OmniRoute`. `read` and `write` throw with the reason as the message when the
 * keychain is missing, locked, or silent for longer than `answerLimitMs`.
 */
export function systemKeychain(answerLimitMs: number = ANSWER_LIMIT_MS): Keychain {
  return {
    read: async (account) => {
      const keytar = await loadKeytar();
      return (await limited(keytar.getPassword(SERVICE, account), answerLimitMs)) ?? undefined;
    },
    write: async (account, value) => {
      const keytar = await loadKeytar();
      await limited(keytar.setPassword(SERVICE, account, value), answerLimitMs);
    },
  };
}

async function loadKeytar(): Promise<typeof import('keytar')> {
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
