/**
 * What is known of every provider's models: the committed data set, corrected by the provider's row, overlaid by the
 * user. A model that nobody knows is passed on as it was asked for: the user may know a newer one.
 */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Provider } from '../provider.ts';
import { PROVIDERS } from '../table.ts';
import { modelsOfDataSet } from './data-set.ts';
import type { ModelInfo, Price } from './model-info.ts';

export interface Catalog {
  /** What is known of a model, asked by its id, one of its other names, or its id with a release date behind. */
  find(providerId: string, modelId: string): ModelInfo | undefined;
  /** All that is known at a provider, current models first; empty for an unknown provider. */
  list(providerId: string): readonly ModelInfo[];
  /** The id to send for the one asked for, and a sentence for people where there is something to say about it. */
  resolve(providerId: string, askedId: string): Resolved;
  /** The ids of the providers that know a model by this very name, in the table's order. */
  providersOf(bareModelId: string): readonly string[];
}

export interface Resolved {
  readonly id: string;
  readonly info?: ModelInfo;
  readonly note?: string;
}

export interface CatalogOptions {
  /** The table as overridden by the user; custom nodes may stand in it. */
  readonly providers?: readonly Provider[];
  readonly customModels?: Iterable<CustomModel>;
  /** The user's own prices; they win. */
  readonly prices?: Iterable<{ readonly provider: string; readonly modelId: string; readonly price: Price }>;
  /** Tells whether a retirement lies ahead or behind. */
  readonly clock?: Clock;
}

/** A model that the user added to a provider or node. */
export interface CustomModel {
  readonly provider: string;
  readonly modelId: string;
  readonly name?: string;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
}

/** Vendors whose models people reach through nodes of their own, by the name they have there. */
const VENDORS = ['anthropic', 'openai', 'gemini', 'deepseek', 'mistral', 'xai', 'kimi', 'glm', 'minimax'];

/** Opens the catalog. Nothing is read until it is asked; each provider is read once. */
export function openCatalog(options: CatalogOptions = {}): Catalog {
  const { providers = PROVIDERS, customModels = [], prices = [], clock = systemClock } = options;
  const rows = new Map(providers.map((row) => [row.id, row]));
  const custom = groupByProvider(customModels);
  const overlay = groupByProvider(prices);
  const shelves = new Map<string, Shelf>();
  let providersByName: ReadonlyMap<string, readonly string[]> | undefined;

  const shelfOf = (providerId: string): Shelf => {
    let shelf = shelves.get(providerId);
    if (shelf === undefined) {
      shelf = fillShelf(rows.get(providerId), custom.get(providerId) ?? [], overlay.get(providerId) ?? []);
      shelves.set(providerId, shelf);
    }
    return shelf;
  };
  const find = (providerId: string, modelId: string): ModelInfo | undefined => {
    const shelf = shelfOf(providerId);
    const known =
      onShelf(shelf, modelId) ??
      withoutSuffix(rows.get(providerId), modelId, shelf) ??
      (isOwn(rows.get(providerId)) ? atVendor(modelId, shelfOf) : undefined);
    return withPrice(known, modelId, shelf);
  };

  return {
    find,
    list: (providerId) => {
      const { byId, furtherPrices } = shelfOf(providerId);
      return [...byId.values(), ...[...furtherPrices.keys()].flatMap((id) => find(providerId, id) ?? [])];
    },
    resolve: (providerId, askedId) => {
      const id = shelfOf(providerId).idByAlias.get(askedId) ?? askedId;
      const info = withPrice(find(providerId, id), askedId, shelfOf(providerId));
      const note = info && noteOn({ askedId, id, info, provider: rows.get(providerId), todayMs: clock.nowMs() });
      return { id, ...(info && { info }), ...(note !== undefined && { note }) };
    },
    providersOf: (name) => {
      providersByName ??= indexNames([...new Set([...rows.keys(), ...custom.keys()])], shelfOf);
      return providersByName.get(name) ?? [];
    },
  };
}

interface Shelf {
  readonly byId: ReadonlyMap<string, ModelInfo>;
  readonly idByAlias: ReadonlyMap<string, string>;
  /** The user's for names that are not in `byId`: what else is known under such a name stays. */
  readonly furtherPrices: ReadonlyMap<string, Price>;
}

function fillShelf(
  row: Provider | undefined,
  custom: readonly CustomModel[],
  prices: readonly { readonly modelId: string; readonly price: Price }[],
): Shelf {
  const byId = new Map(row?.custom ? [] : modelsOfDataSet(row?.catalogId ?? row?.id ?? ''));
  const add = (model: ModelInfo): void => void byId.set(model.id, { ...byId.get(model.id), ...model });
  for (const model of row?.models ?? []) add(model);
  for (const { provider: _, modelId: id, ...model } of custom) add({ ...pick(model), id, custom: true });
  const furtherPrices = new Map<string, Price>();
  for (const { modelId: id, price } of prices) {
    const known = byId.get(id);
    if (known === undefined) furtherPrices.set(id, price);
    else add({ id, price: withLongWrites(price, known.price) });
  }
  const idByAlias = new Map([...byId.values()].flatMap(({ id, aliases = [] }) => aliases.map((alias) => [alias, id])));
  for (const id of byId.keys()) idByAlias.delete(id);
  return { byId, idByAlias, furtherPrices };
}

/** The user's price for this very name over whatever else is known of the model. */
function withPrice(known: ModelInfo | undefined, modelId: string, { furtherPrices }: Shelf): ModelInfo | undefined {
  const own = furtherPrices.get(modelId);
  return own === undefined ? known : { ...(known ?? { id: modelId }), price: withLongWrites(own, known?.price) };
}

/** People set no price for what is kept for an hour: it stays as many times the price of other writes as it was. */
function withLongWrites(own: Price, known: Price | undefined): Price {
  const before = known?.cacheWrite ?? known?.input ?? 0;
  if (own.cacheWrite1h !== undefined || known?.cacheWrite1h === undefined || before === 0) return own;
  return { ...own, cacheWrite1h: (known.cacheWrite1h / before) * (own.cacheWrite ?? own.input) };
}

/** Only what a custom model may say; stored records hold more. */
function pick({
  name,
  contextTokens,
  maxOutputTokens,
}: Omit<CustomModel, 'provider' | 'modelId'>): Omit<ModelInfo, 'id'> {
  return {
    ...(name !== undefined && { name }),
    ...(contextTokens !== undefined && { contextTokens }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
}

function onShelf({ byId, idByAlias }: Shelf, modelId: string): ModelInfo | undefined {
  const known = byId.get(modelId) ?? byId.get(idByAlias.get(modelId) ?? '');
  if (known !== undefined) return known;
  const undated = byId.get(modelId.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, ''));
  return undated && { ...undated, id: modelId };
}

/** `gpt-5.3-codex-high` is a model that is known without what stands behind. */
function withoutSuffix(row: Provider | undefined, modelId: string, shelf: Shelf): ModelInfo | undefined {
  const suffix = row?.modelSuffixes?.find((end) => modelId.endsWith(end));
  const info = suffix === undefined ? undefined : onShelf(shelf, modelId.slice(0, -suffix.length));
  return info && { ...info, id: modelId };
}

/** A node serves a vendor's model: its sizes and abilities are the same there, its price and fate are not. */
function atVendor(modelId: string, shelfOf: (providerId: string) => Shelf): ModelInfo | undefined {
  const name = modelId.slice(modelId.lastIndexOf('/') + 1);
  for (const vendor of VENDORS) {
    const info = onShelf(shelfOf(vendor), name);
    if (info === undefined) continue;
    const { price: _price, retiredOn: _date, replacedBy: _successor, note: _note, aliases: _aliases, ...rest } = info;
    return { ...rest, id: modelId };
  }
  return undefined;
}

function isOwn(row: Provider | undefined): boolean {
  return row === undefined || row.custom === true;
}

interface Question {
  readonly askedId: string;
  readonly id: string;
  readonly info: ModelInfo;
  readonly provider: Provider | undefined;
  readonly todayMs: number;
}

function noteOn({ askedId, id, info, provider, todayMs }: Question): string | undefined {
  const who = provider?.name ?? 'The provider';
  const sentences: string[] = [];
  if (askedId !== id) sentences.push(`${who} has no model "${askedId}"; "${id}" is sent in its place.`);
  if (info.note !== undefined) sentences.push(info.note);
  if (info.retiredOn !== undefined) {
    const verb = Date.parse(info.retiredOn) <= todayMs ? 'retired' : 'will retire';
    sentences.push(`${who} ${verb} "${id}" on ${info.retiredOn}.`);
  }
  if (info.replacedBy !== undefined) sentences.push(`Its successor is "${info.replacedBy}".`);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function indexNames(ids: readonly string[], shelfOf: (providerId: string) => Shelf): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const providerId of ids) {
    const { byId, idByAlias, furtherPrices } = shelfOf(providerId);
    for (const name of new Set([...byId.keys(), ...idByAlias.keys(), ...furtherPrices.keys()])) {
      const known = index.get(name);
      if (known === undefined) index.set(name, [providerId]);
      else known.push(providerId);
    }
  }
  return index;
}

function groupByProvider<T extends { readonly provider: string }>(items: Iterable<T>): Map<string, T[]> {
  return Map.groupBy(items, ({ provider }) => provider);
}
