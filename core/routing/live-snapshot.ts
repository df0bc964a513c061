/**
 * The routing snapshot as it is now: read from store, accounts and catalog when first needed after a change, so that a
 * hundred changes in a row cost one rebuild, and requests under way keep the picture they began with.
 */
import type { Account } from '../accounts/accounts.ts';
import { asString } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { nodeProvider } from '../providers/node-provider.ts';
import type { Provider } from '../providers/provider.ts';
import type { Store } from '../store/store.ts';
import { buildSnapshot, type ClosedVault, type ModelCatalog, type RoutingRules, type Snapshot } from './snapshot.ts';

/** Where aliases stand in the key-value table; a key with `*` or `?` is a wildcard alias. */
export const ALIAS_NAMESPACE = 'modelAliases';

export interface LiveSnapshotParts {
  readonly store: Store;
  /** The table of providers, overrides applied. */
  readonly rows: readonly Provider[];
  /** A catalog with the user's own models and prices over it; asked for at each rebuild. */
  catalog(): ModelCatalog;
  openAccounts(): readonly Account[];
  /** The settings that routing reads; asked for at each rebuild. */
  rules(): RoutingRules;
  /** Why sealed secrets cannot be opened now, in words. */
  vaultClosed(): string | undefined;
  readonly log: Log;
}

export interface LiveSnapshot {
  current(): Snapshot;
  /** Rows and custom nodes by id. */
  providers(): ReadonlyMap<string, Provider>;
  /** Something routing depends on has changed. */
  changed(): void;
}

export function liveSnapshot(parts: LiveSnapshotParts): LiveSnapshot {
  let providers: ReadonlyMap<string, Provider> | undefined;
  let snapshot: Snapshot | undefined;
  const currentProviders = (): ReadonlyMap<string, Provider> => {
    providers ??= new Map([...parts.rows, ...customNodes(parts)].map((provider) => [provider.id, provider]));
    return providers;
  };
  return {
    providers: currentProviders,
    current() {
      snapshot ??= buildSnapshot({
        providers: currentProviders().values(),
        combos: parts.store.combos.list(),
        aliases: parts.store.keyValues.entries(ALIAS_NAMESPACE).flatMap(([name, target]) => {
          const model = asString(target);
          return model === undefined ? [] : [[name, model] as const];
        }),
        accounts: parts.openAccounts(),
        catalog: parts.catalog(),
        rules: parts.rules(),
        vaultClosed: closedVault(parts),
      });
      return snapshot;
    },
    changed() {
      providers = undefined;
      snapshot = undefined;
    },
  };
}

function closedVault({ vaultClosed, store }: LiveSnapshotParts): ClosedVault | undefined {
  const message = vaultClosed();
  if (message === undefined) return undefined;
  const resting = store.connections
    .list()
    .filter(({ isActive, sealedApiKey }) => isActive && sealedApiKey !== undefined);
  return { message, providers: new Set(resting.map(({ provider }) => provider)) };
}

/** A node that cannot be read (edited by hand, say) is left out and logged: the others go on working. */
function customNodes({ store, log }: LiveSnapshotParts): Provider[] {
  return store.nodes.list().flatMap((node) => {
    try {
      return [nodeProvider(node)];
    } catch (cause) {
      log.error('A custom endpoint cannot be used.', { node: node.name }, cause);
      return [];
    }
  });
}
