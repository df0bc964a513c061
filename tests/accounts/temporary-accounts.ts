/** Accounts over a store of their own, with a vault over a fixed key and the real HTTP client. */
import type { Accounts } from '../../core/accounts/accounts.ts';
import { createHttpSend, type HttpSend } from '../../core/accounts/http.ts';
import { createKeyAccounts } from '../../core/accounts/key-accounts.ts';
import type { Provider } from '../../core/providers/provider.ts';
import type { SqliteStore } from '../../core/store/sqlite/open-store.ts';
import { sealingVault } from '../../core/vault/sealing.ts';
import { keepingLog, stillClock, temporaryStore } from '../store/temporary-store.ts';

export interface TemporaryAccounts {
  readonly accounts: Accounts;
  readonly store: SqliteStore;
  readonly log: ReturnType<typeof keepingLog>;
  /** How often `onChange` was called. */
  changes(): number;
}

export function temporaryAccounts(
  providers: readonly Provider[],
  send: HttpSend = createHttpSend({ timeoutMs: 300 }),
): TemporaryAccounts {
  const { store } = temporaryStore();
  const log = keepingLog();
  let changes = 0;
  const accounts = createKeyAccounts({
    store,
    loginOf: () => {
      throw new Error('These accounts are keys.');
    },
    vault: sealingVault(Buffer.alloc(32, 1), 'a test'),
    providers: () => new Map(providers.map((one) => [one.id, one])),
    send,
    clock: stillClock,
    log,
    onChange: () => {
      changes += 1;
    },
  });
  return { accounts, store, log, changes: () => changes };
}
