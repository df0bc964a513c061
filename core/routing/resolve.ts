/**
 * From a model string to the plan of models to try. Pure: it reads a snapshot and decides. The order of look-ups is
 * combo, custom node prefix, provider alias or id, exact alias, wildcard alias (both may stand for a combo), unique catalog
 * match; nothing falls silently to one vendor.
 */
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { FormatId } from '../model/format-id.ts';
import { endpointServes } from '../providers/define-provider.ts';
import type { Endpoint, Provider } from '../providers/provider.ts';
import type { ComboConfig, ComboRecord } from '../store/records.ts';
import { chainAfter, expandCombo, IN_ORDER, type ModelAtProvider, type PlannedModel } from './expand.ts';
import type { Leg, LegRules, Plan } from './plan.ts';
import { aliasTarget, type Snapshot } from './snapshot.ts';

const ALIAS_DEPTH_LIMIT = 3;
const MODEL_LENGTH_LIMIT = 300;

/** Where nothing is set, a failed model is not asked again: the next one answers sooner. */
const RETRIES = 0;
const RETRY_DELAY_MS = 500;
const QUEUE_TIMEOUT_MS = 30_000;

/**
 * The legs for a model string, in the order to try them; fallback chains stand behind. Throws `invalid_request` for a
 * malformed string, `model_not_found`, `ambiguous_model` with its candidates, `no_connection` when no account can serve
 * it (`vault_closed` while their secrets are out of reach), or `permission_denied` when all that could are blocked.
 */
export function resolve(model: string, clientFormat: FormatId, snapshot: Snapshot, inputs = IN_ORDER): Plan {
  checkModelString(model);
  const comboOf = (name: string): ComboRecord | undefined => comboBehind(name, snapshot, 0);
  const expand = { snapshot, inputs, comboOf, lookUp: (name: string) => lookUp(name, snapshot, 0) };
  const combo = comboOf(model);
  const found = combo === undefined ? [lookUp(model, snapshot, 0)] : expandCombo(combo, expand);
  const chained = chainAfter(combo === undefined ? found[0] : undefined, combo?.name ?? model, expand);
  const legs = withoutRepeats([...found, ...chained].flatMap((at) => legAt(at, clientFormat, snapshot)));
  if (legs.length === 0) throw noConnection(found, snapshot);
  return combo === undefined ? { legs } : { legs, comboName: combo.name };
}

/** Throws `invalid_request` for a string that can be no model's name: empty, over 300 characters, control characters, `../`. */
export function checkModelString(model: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point
  if (model === '' || model.length > MODEL_LENGTH_LIMIT || /\.\.\/|[\u0000-\u001f\u007f]/.test(model)) {
    throw new OmniError('invalid_request', 'The model name is empty, too long or holds characters that no model has.', {
      path: 'model',
    });
  }
}

/** The combo of this name, or of the name that its alias stands for; providers' prefixes come before aliases. */
function comboBehind(name: string, snapshot: Snapshot, depth: number): ComboRecord | undefined {
  const combo = snapshot.comboByName.get(name);
  if (combo !== undefined || depth > ALIAS_DEPTH_LIMIT || atPrefix(name, snapshot) !== undefined) return combo;
  const alias = aliasTarget(snapshot, name);
  return alias === undefined || alias === name ? undefined : comboBehind(alias, snapshot, depth + 1);
}

function lookUp(model: string, snapshot: Snapshot, depth: number): ModelAtProvider {
  const named = atPrefix(model, snapshot);
  if (named !== undefined) return named;
  const alias = aliasTarget(snapshot, model);
  if (alias !== undefined && alias !== model) {
    if (depth >= ALIAS_DEPTH_LIMIT)
      throw new OmniError('invalid_request', `The alias "${model}" leads in a circle.`, { path: 'model' });
    return lookUp(alias, snapshot, depth + 1);
  }
  return catalogMatch(model, snapshot);
}

function atPrefix(name: string, snapshot: Snapshot): ModelAtProvider | undefined {
  const slash = name.indexOf('/');
  const provider = snapshot.providerByPrefix.get(slash < 0 ? name : name.slice(0, slash));
  if (provider === undefined) return undefined;
  const model = slash < 0 ? defaultModel(provider, snapshot) : name.slice(slash + 1);
  return model === undefined || model === '' ? undefined : { provider, model };
}

function defaultModel(provider: Provider, snapshot: Snapshot): string | undefined {
  return snapshot.accountsByProvider.get(provider.id)?.find((account) => account.defaultModel !== undefined)
    ?.defaultModel;
}

/** The one connected provider that offers the bare id; or the one provider at all, so that the error can name it. */
function catalogMatch(model: string, snapshot: Snapshot): ModelAtProvider {
  const offering = snapshot.catalog.providersOf(model).flatMap((id) => snapshot.providerByPrefix.get(id) ?? []);
  const connected = offering.filter((provider) => snapshot.accountsByProvider.has(provider.id));
  const [only, ...others] = connected.length > 0 ? connected : offering;
  if (only === undefined) {
    throw new OmniError(
      'model_not_found',
      `No model "${model}" is known. Name it as provider/model, like "openai/${model}", or create a combo or an alias with this name.`,
      { path: 'model' },
    );
  }
  if (others.length > 0) {
    const candidates = [only, ...others].map((provider) => `${provider.alias}/${model}`);
    throw new OmniError(
      'ambiguous_model',
      `Several providers offer "${model}". Choose one of: ${candidates.join(', ')}.`,
      {
        path: 'model',
      },
    );
  }
  return { provider: only, model };
}

/** None when no account can serve it, or its provider is blocked. */
function legAt(at: PlannedModel, clientFormat: FormatId, snapshot: Snapshot): Leg[] {
  const { provider, model, combo, chain } = at;
  const accounts = snapshot.accountsByProvider.get(provider.id) ?? [];
  const isKeyless = provider.key === 'optional' && provider.custom === true && !isResting(provider, snapshot);
  const isOpen = accounts.length > 0 || isKeyless;
  if (!isOpen || snapshot.blocked.has(provider.id)) return [];
  const { id, info, note } = snapshot.catalog.resolve(provider.id, model);
  return [
    {
      provider,
      endpoint: endpointFor(provider, id, clientFormat),
      model: id,
      ...(info && { info }),
      ...(note !== undefined && { note }),
      accounts,
      ...(combo && { combo }),
      ...(chain !== undefined && { chain }),
      rules: rulesOf(at, snapshot),
    },
  ];
}

function isResting({ id }: Provider, { vaultClosed }: Snapshot): boolean {
  return vaultClosed?.providers.has(id) === true;
}

/** Built-in, then the settings for combos, then for the provider, then the combo's own (facts.md E.6). */
function rulesOf({ provider, combo }: PlannedModel, { rules, comboByName }: Snapshot): LegRules {
  const forCombo = combo === undefined ? {} : rules.comboDefaults;
  const own = combo === undefined ? {} : (comboByName.get(combo.name)?.config ?? {});
  const merged: ComboConfig = { ...forCombo, ...rules.providerOverrides[provider.id], ...own };
  const { connectMs, idleMs, totalMs } = merged;
  const limits = compact({ connectMs, idleMs, totalMs });
  return {
    maxRetries: merged.maxRetries ?? RETRIES,
    retryDelayMs: merged.retryDelayMs ?? RETRY_DELAY_MS,
    queueTimeoutMs: merged.queueTimeoutMs ?? QUEUE_TIMEOUT_MS,
    ...(merged.timeoutMs !== undefined && { timeoutMs: merged.timeoutMs }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(merged.concurrencyPerModel !== undefined && { concurrency: merged.concurrencyPerModel }),
  };
}

/** A model that stands in a plan twice is tried at its first place only. */
function withoutRepeats(legs: readonly Leg[]): readonly Leg[] {
  const seen = new Set<string>();
  return legs.filter(({ provider, model }) => {
    const name = `${provider.id}/${model}`;
    return !seen.has(name) && seen.add(name);
  });
}

/** The endpoint that speaks the client's format, else the provider's preferred one, among those that serve the model. */
export function endpointFor(provider: Provider, model: string, clientFormat: FormatId): Endpoint {
  const serving = provider.endpoints.filter((endpoint) => endpointServes(endpoint, model));
  return serving.find(({ format }) => format === clientFormat) ?? serving[0] ?? provider.endpoints[0];
}

function noConnection(found: readonly ModelAtProvider[], { blocked, vaultClosed }: Snapshot): OmniError {
  const providers = found.map(({ provider }) => provider);
  const names = [...new Set(providers.map(({ name }) => name))];
  if (providers.length > 0 && providers.every(({ id }) => blocked.has(id))) {
    const text = `${names.join(', ')} is blocked under Settings, Security. Take it off blockedProviders to use it.`;
    return new OmniError('permission_denied', text, { path: 'model' });
  }
  if (vaultClosed !== undefined && providers.some(({ id }) => vaultClosed.providers.has(id)))
    return new OmniError('vault_closed', vaultClosed.message);
  const which = names.length === 0 ? 'The combo is empty' : `No active connection for ${names.join(', ')}`;
  return new OmniError('no_connection', `${which}. Add a key under Providers, then try again.`);
}
