/** A vault for tests: seals by a map, derives by a hash, protects nothing. */
import { createHash } from 'node:crypto';
import { OmniError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import type { LockableVault } from '../../core/vault/vault.ts';

export function memoryVault(): LockableVault {
  const sealed = new Map<string, Secret>();
  return {
    seal(secret, place) {
      const name = `sealed:${sealed.size}:${place}`;
      sealed.set(name, secret);
      return name;
    },
    open(name, place) {
      const secret = name.endsWith(`:${place}`) ? sealed.get(name) : undefined;
      if (secret === undefined) throw new OmniError('internal', 'Sealed elsewhere.');
      return new Secret(secret.reveal());
    },
    derive: (use) => createHash('sha256').update(`test ${use}`).digest(),
    keptIn: 'memory',
    state: () => ({ is: 'open', keptIn: 'memory' }),
    unlock: () => Promise.resolve({ is: 'open', keptIn: 'memory' }),
  };
}
