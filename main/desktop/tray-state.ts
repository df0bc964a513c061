/** What the tray shows, as one value; read by `tray-menu.ts`, made by `status-source.ts`. */
import type { DesktopPreferences, UpdateState } from '../../core/management/desktop.ts';

/** `degraded`: it serves, but a provider is left out or an account rests. `failing`: it cannot serve. */
export type ServiceLook = 'running' | 'degraded' | 'paused' | 'failing';

/** A provider that one signs in to. */
export interface LoginLine {
  readonly provider: string;
  readonly name: string;
  readonly state: 'signed-out' | 'connected' | 'expired' | 'refused';
  /** Its name, which no other account of the provider has: of the account that is used first. */
  readonly account?: string;
  /** So many accounts stand behind that one. */
  readonly others?: number;
  /** Of the window that is closest to its end, 0 to 100. */
  readonly leftPercent?: number;
  readonly resetsAtMs?: number;
  /** That window's name: `5h`, `weekly`. */
  readonly window?: string;
}

/** What the core tells; the rest of the state is the shell's own. */
export interface ServiceStatus {
  readonly look: ServiceLook;
  readonly requestsToday: number;
  /** US dollars. */
  readonly costToday: number;
  readonly logins: readonly LoginLine[];
  /** Names, as clients ask for them. */
  readonly combos: readonly string[];
  /** Of providers, accounts and API keys, by id: for what notifications say. */
  readonly names: ReadonlyMap<string, string>;
}

export interface TrayState extends ServiceStatus {
  readonly nowMs: number;
  readonly port: number;
  readonly preferences: DesktopPreferences;
  readonly shortcutKeys: string;
  readonly update: UpdateState;
}
