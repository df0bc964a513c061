/**
 * The vault as the core holds it. A keychain that is locked, missing or refusing does not keep the program from starting:
 * the gateway, the dashboard and everything that needs no secret go on, and the rest says what to do until the key is
 * found. Nothing is ever sealed with another key meanwhile.
 */
import { OmniError } from '../base/errors.ts';
import { openVault, type VaultOptions } from './open-vault.ts';
import type { LockableVault, Vault, VaultState } from './vault.ts';
import { VaultClosed } from './vault-closed.ts';

/** Opens the vault, or holds why it is closed. Throws what no unlocking can mend; see `openVault`. */
export async function openLockableVault(options: VaultOptions): Promise<LockableVault> {
  let vault: Vault | undefined;
  let state: VaultState;
  let looking: Promise<VaultState> | undefined;
  const look = async (): Promise<VaultState> => {
    try {
      vault = await openVault(options);
      return { is: 'open', keptIn: vault.keptIn };
    } catch (error) {
      if (!(error instanceof VaultClosed)) throw error;
      options.log.warn('The vault stays closed.', { why: error.why });
      return { is: error.why, message: error.message };
    }
  };
  const opened = (): Vault => {
    if (vault !== undefined) return vault;
    throw new OmniError('vault_closed', state.is === 'open' ? 'The vault is closed.' : state.message);
  };
  state = await look();
  return {
    state: () => state,
    async unlock() {
      if (state.is === 'open') return state;
      looking ??= look().finally(() => {
        looking = undefined;
      });
      state = await looking;
      return state;
    },
    seal: (secret, place) => opened().seal(secret, place),
    open: (sealed, place) => opened().open(sealed, place),
    derive: (use) => opened().derive(use),
    get keptIn() {
      return vault?.keptIn ?? 'a keychain that cannot be used now';
    },
  };
}
