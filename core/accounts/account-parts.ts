/** What the accounts stand on and all of them need: their provider, their key, and what to say without either. */
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import type { Provider } from '../providers/provider.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccountLogin } from './accounts.ts';
import type { HttpSend } from './http.ts';

export interface KeyAccountsParts {
  readonly store: Pick<Store, 'connections' | 'tokens' | 'keyValues'>;
  readonly vault: Vault;
  /** Rows and custom nodes by id, as they are now. */
  providers(): ReadonlyMap<string, Provider>;
  readonly send: HttpSend;
  readonly clock: Clock;
  readonly log: Log;
  /** An account was made, changed or removed. */
  onChange(): void;
  /** An account has another key, or its key proved good: what was held against it is over. */
  onGoodKey?(id: string): void;
  /** A model of the provider's for the one-token test, from the catalog; absent: the row's own, or the list's first. */
  readonly modelFor?: (providerId: string) => string | undefined;
  /** The login behind a connection that was signed in to. */
  loginOf(connectionId: string): AccountLogin;
}

/** The opened key; undefined where the account has none. Throws `vault_closed`. */
export function openKey({ vault }: KeyAccountsParts, { id, sealedApiKey }: ConnectionRecord): Secret | undefined {
  return sealedApiKey === undefined ? undefined : vault.open(sealedApiKey, placeOf(id));
}

/** Throws `invalid_request` for an id that neither a row nor a node has. */
export function providerOf({ providers }: KeyAccountsParts, id: string): Provider {
  const provider = providers().get(id);
  if (provider !== undefined) return provider;
  throw new OmniError('invalid_request', `There is no provider or custom node with the id "${id}".`, {
    path: 'provider',
  });
}

/** Where the sealed key belongs: it opens at no other place. */
export function placeOf(id: string): string {
  return `provider_connections/${id}/api_key`;
}

export function keyMissing({ name, keyUrl }: Provider): string {
  return `${name} needs an API key.${keyUrl === undefined ? '' : ` It is made at ${keyUrl}.`}`;
}

export function notFound(id: string): OmniError {
  return new OmniError('not_found', `There is no connection with the id "${id}".`);
}

/** Must a person sign in again? One that was switched on again since is tried. */
export function isOver({ isActive, testStatus }: ConnectionRecord): boolean {
  return testStatus === 'expired' && !isActive;
}
