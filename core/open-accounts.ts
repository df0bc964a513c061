/** Opens the accounts and the routing snapshot made of them. */
import { existsSync, readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
import type { Accounts } from './accounts/accounts.ts';
import { createHttpSend, type HttpRequest, type HttpSend } from './accounts/http.ts';
import { createKeyAccounts } from './accounts/key-accounts.ts';
import type { Clock } from './base/clock.ts';
import { OmniError } from './base/errors.ts';
import type { EventSink } from './base/event-bus.ts';
import type { Log } from './base/log.ts';
import { type LoginParts, type OpenLogins, openLogins } from './open-logins.ts';
import { openCatalog } from './providers/catalog/index.ts';
import { parseOverrides } from './providers/overrides.ts';
import { PRICING_NAMESPACE, readPrices } from './providers/pricing.ts';
import type { Provider } from './providers/provider.ts';
import { type LiveSnapshot, liveSnapshot } from './routing/live-snapshot.ts';
import type { RoutingRules } from './routing/snapshot.ts';
import type { Store } from './store/store.ts';
import type { LockableVault } from './vault/vault.ts';

export interface AccountParts {
  readonly store: Store;
  readonly vault: LockableVault;
  /** The table of providers, overrides applied. */
  readonly rows: readonly Provider[];
  readonly clock: Clock;
  readonly log: Log;
  rules(): RoutingRules;
  dispatcherFor(request: HttpRequest): Dispatcher;
  readonly lasting: LoginParts['lasting'];
  /** See `KeyAccountsParts`. */
  onGoodKey(id: string): void;
  readonly events: EventSink;
  readonly environment: LoginParts['environment'];
}

/** The answer of a token endpoint may hold the only token there is: it is waited for long. */
const LOGIN_TIMEOUT_MS = 60_000;

/** Accounts and the routing snapshot need each other: keys are checked against providers, and are part of the snapshot. */
export function openAccounts(parts: AccountParts): {
  readonly live: LiveSnapshot;
  readonly accounts: Accounts;
  readonly logins: OpenLogins;
  /** For small calls about accounts. */
  readonly send: HttpSend;
} {
  const { store, vault, rows, clock, log, rules, onGoodKey, dispatcherFor } = parts;
  const live: LiveSnapshot = liveSnapshot({
    store,
    rows,
    rules,
    log,
    catalog: () =>
      openCatalog({
        providers: [...live.providers().values()],
        customModels: store.customModels.list(),
        prices: readPrices(store.keyValues.entries(PRICING_NAMESPACE)),
      }),
    openAccounts: () => accounts.open(),
    vaultClosed: () => {
      const state = vault.state();
      return state.is === 'open' ? undefined : state.message;
    },
  });
  const { providers, changed: onChange } = live;
  const slowSend = createHttpSend({ dispatcherFor, timeoutMs: LOGIN_TIMEOUT_MS });
  const logins = openLogins({ ...parts, providers, send: slowSend, onChange });
  const send = createHttpSend({ dispatcherFor });
  const accounts = createKeyAccounts({
    store,
    vault,
    loginOf: logins.keeper.loginOf,
    providers: live.providers,
    send,
    clock,
    log,
    onChange: live.changed,
    onGoodKey,
    modelFor: (providerId) => live.current().catalog.list(providerId)[0]?.id,
  });
  return { live, accounts, logins, send };
}

/** The text of `providers.json` as overrides; none when there is no such file. */
export function readOverrides(path: string): ReturnType<typeof parseOverrides> {
  if (!existsSync(path)) return parseOverrides('{}');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OmniError('internal', `The file ${path} cannot be read. Make it readable for this user, or remove it.`, {
      cause,
    });
  }
  return parseOverrides(text);
}
