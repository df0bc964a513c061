/** The one failure of opening the vault that does not end the start: its key is in a keychain that is out of reach. */
import { OmniError } from '../base/errors.ts';
import type { KeychainTrouble } from './vault.ts';

export class VaultClosed extends OmniError {
  readonly why: KeychainTrouble | 'lost';
  constructor(why: KeychainTrouble | 'lost', message: string, cause?: unknown) {
    super('vault_closed', message, cause === undefined ? {} : { cause });
    this.why = why;
  }
}
