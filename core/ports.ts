/** What the core is given by its host, and what everything else of it stands on. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { DesktopHost } from './management/desktop.ts';
import type { Environment } from './policy/environment.ts';
import type { Provider } from './providers/provider.ts';
import type { SqliteStore } from './store/sqlite/open-store.ts';
import type { Keychain, LockableVault } from './vault/vault.ts';

export interface CorePorts {
  readonly environment: Environment;
  readonly paths: {
    readonly databaseFile: string;
    readonly keyFile: string;
    readonly providersFile: string;
    /** The built renderer; without it a sentence stands at `/`. */
    readonly dashboardFolder?: string;
  };
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The program that runs Node, for calls that must outlive this process; absent where there is none. */
  readonly nodeProgram?: string;
  /** The shell around the core, where there is one: its preferences and updates. */
  readonly desktop?: DesktopHost;
  /** Who tells which address a proxy is seen with; default: a public service. */
  readonly echoUrl?: string;
  /** Which addresses remote media may be fetched from; default: public ones. */
  readonly isMediaAddressAllowed?: (address: string) => boolean;
}

export interface Foundations {
  readonly store: SqliteStore;
  readonly vault: LockableVault;
  readonly rows: readonly Provider[];
}
