/**
 * Everything routing decides on, at one moment: an immutable picture with an index for each question, rebuilt when the
 * user changes something and never while a request is decided. Its look-ups cost the same with one connection and with
 * thousands.
 */
import type { Account } from '../accounts/accounts.ts';
import { globMatches, globSpecificity } from '../base/glob.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import type { Provider } from '../providers/provider.ts';
import type { ComboConfig, ComboRecord } from '../store/records.ts';

/** The catalog as routing uses it. */
export interface ModelCatalog {
  find(providerId: string, modelId: string): ModelInfo | undefined;
  list(providerId: string): readonly ModelInfo[];
  resolve(
    providerId: string,
    askedId: string,
  ): { readonly id: string; readonly info?: ModelInfo; readonly note?: string };
  providersOf(bareModelId: string): readonly string[];
}

export interface Snapshot {
  /** By node prefix, alias and id, in that order of precedence. */
  readonly providerByPrefix: ReadonlyMap<string, Provider>;
  readonly comboByName: ReadonlyMap<string, ComboRecord>;
  /** Exact aliases: name → model string. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Wildcard aliases, the most specific first. */
  readonly wildcards: readonly WildcardAlias[];
  /** Active accounts by provider id, the first to try first. */
  readonly accountsByProvider: ReadonlyMap<string, readonly Account[]>;
  readonly catalog: ModelCatalog;
  readonly rules: RoutingRules;
  /** Ids of providers that the user has blocked. */
  readonly blocked: ReadonlySet<string>;
  /** Set while the vault is closed. */
  readonly vaultClosed?: ClosedVault;
}

/** While secrets cannot be opened, accounts that have one rest. */
export interface ClosedVault {
  /** Why, and what to do. */
  readonly message: string;
  /** Ids of the providers with such accounts: none of them is called without its key meanwhile. */
  readonly providers: ReadonlySet<string>;
}

/** The user's settings as far as routing reads them; see `policy/settings.ts`. */
export interface RoutingRules {
  readonly comboDefaults: ComboConfig;
  /** By provider id. */
  readonly providerOverrides: Readonly<Record<string, ComboConfig>>;
  /** By name: model strings in order. */
  readonly fallbackChains: Readonly<Record<string, readonly string[]>>;
  /** Ids or prefixes. */
  readonly blockedProviders: readonly string[];
}

export const NO_RULES: RoutingRules = {
  comboDefaults: {},
  providerOverrides: {},
  fallbackChains: {},
  blockedProviders: [],
};

export interface WildcardAlias {
  readonly pattern: string;
  readonly target: string;
}

export interface SnapshotSource {
  /** Rows and custom nodes alike. */
  readonly providers: Iterable<Provider>;
  readonly combos: Iterable<ComboRecord>;
  readonly aliases: Iterable<readonly [name: string, target: string]>;
  readonly accounts: Iterable<Account>;
  readonly catalog: ModelCatalog;
  readonly rules?: RoutingRules;
  readonly vaultClosed?: ClosedVault | undefined;
}

export type AliasTable = Pick<Snapshot, 'aliases' | 'wildcards'>;

/** Exact and wildcard aliases apart. A name with `*` or `?` is a wildcard. */
export function aliasTable(entries: Iterable<readonly [name: string, target: string]>): AliasTable {
  const aliases = new Map<string, string>();
  const wildcards: WildcardAlias[] = [];
  for (const [name, target] of entries) {
    if (/[*?]/.test(name)) wildcards.push({ pattern: name, target });
    else aliases.set(name, target);
  }
  wildcards.sort((a, b) => globSpecificity(b.pattern) - globSpecificity(a.pattern));
  return { aliases, wildcards };
}

/** Builds the picture. */
export function buildSnapshot(source: SnapshotSource): Snapshot {
  const providerByPrefix = indexProviders([...source.providers]);
  const rules = source.rules ?? NO_RULES;
  return {
    providerByPrefix,
    rules,
    blocked: blockedIds(providerByPrefix.values(), new Set(rules.blockedProviders)),
    comboByName: new Map([...source.combos].map((combo) => [combo.name, combo])),
    ...aliasTable(source.aliases),
    accountsByProvider: groupAccounts(source.accounts),
    catalog: source.catalog,
    ...(source.vaultClosed !== undefined && { vaultClosed: source.vaultClosed }),
  };
}

/** By id and by alias, also where a custom endpoint has taken the name: a block holds for all that it may mean. */
function blockedIds(providers: Iterable<Provider>, names: ReadonlySet<string>): Set<string> {
  const blocked = [...providers].filter(({ id, alias }) => names.has(id) || names.has(alias));
  return new Set(blocked.map(({ id }) => id));
}

function indexProviders(providers: readonly Provider[]): Map<string, Provider> {
  const index = new Map<string, Provider>();
  const add = (prefix: string, provider: Provider): void => {
    if (!index.has(prefix)) index.set(prefix, provider);
  };
  for (const provider of providers) if (provider.custom) add(provider.alias, provider);
  for (const provider of providers) add(provider.alias, provider);
  for (const provider of providers) add(provider.id, provider);
  return index;
}

function groupAccounts(accounts: Iterable<Account>): Map<string, Account[]> {
  const groups = new Map<string, Account[]>();
  for (const account of accounts) {
    if (!account.isActive) continue;
    const group = groups.get(account.provider);
    if (group === undefined) groups.set(account.provider, [account]);
    else group.push(account);
  }
  for (const group of groups.values()) group.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
  return groups;
}

/** May the account, or the provider where it needs none, be called? */
export function isOpen(
  { accountsByProvider, blocked }: Snapshot,
  providerId: string,
  accountId: string | undefined,
): boolean {
  if (blocked.has(providerId)) return false;
  return accountId === undefined || accountsByProvider.get(providerId)?.some(({ id }) => id === accountId) === true;
}

/** The target of the exact alias, else of the most specific wildcard alias that matches, or undefined. */
export function aliasTarget({ aliases, wildcards }: AliasTable, model: string): string | undefined {
  return aliases.get(model) ?? wildcards.find(({ pattern }) => globMatches(pattern, model))?.target;
}
