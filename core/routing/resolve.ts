/**
 * From a model string to the targets to try, in order. Pure: it reads a snapshot and decides. The order of look-ups is
 * combo, custom node prefix, provider alias or id, exact alias, wildcard alias, unique catalog match; nothing falls
 * silently to one vendor.
 */
import { OmniError } from '../base/errors.ts';
import type { FormatId } from '../model/format-id.ts';
import { endpointServes } from '../providers/define-provider.ts';
import type { Endpoint, Provider } from '../providers/provider.ts';
import type { Target } from './plan.ts';
import { type Snapshot, wildcardTarget } from './snapshot.ts';

export interface Route {
  readonly targets: readonly Target[];
  readonly comboName?: string;
}

/** How deep combos may nest, the outermost included (facts.md E.6). */
export const COMBO_DEPTH_LIMIT = 3;
const ALIAS_DEPTH_LIMIT = 3;
const MODEL_LENGTH_LIMIT = 300;

/** A provider and a model id there, before accounts. */
interface ModelAtProvider {
  readonly provider: Provider;
  readonly model: string;
}

/**
 * The targets for a model string, in the order to try them. Throws `invalid_request` for a malformed string,
 * `model_not_found`, `ambiguous_model` with its candidates, or `no_connection` when no account can serve it.
 */
export function resolve(model: string, clientFormat: FormatId, snapshot: Snapshot): Route {
  checkModelString(model);
  const combo = snapshot.comboByName.get(model);
  const found = combo === undefined ? [lookUp(model, snapshot, 0)] : expandCombo(combo.name, snapshot);
  const targets = found.flatMap((at) => targetsAt(at, clientFormat, snapshot));
  if (targets.length === 0) throw noConnection(found);
  return combo === undefined ? { targets } : { targets, comboName: combo.name };
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

/** All models of a combo in order, nested combos in place. A member that resolves to nothing is passed over. */
function expandCombo(name: string, snapshot: Snapshot): readonly ModelAtProvider[] {
  const out: ModelAtProvider[] = [];
  const problems: OmniError[] = [];
  const visit = (comboName: string, trail: readonly string[]): void => {
    if (trail.includes(comboName)) {
      throw new OmniError('invalid_request', `The combos ${[...trail, comboName].join(' → ')} contain each other.`);
    }
    if (trail.length >= COMBO_DEPTH_LIMIT) {
      throw new OmniError('invalid_request', `The combo "${name}" nests deeper than ${COMBO_DEPTH_LIMIT} levels.`);
    }
    for (const { model } of snapshot.comboByName.get(comboName)?.models ?? []) {
      if (snapshot.comboByName.has(model)) {
        visit(model, [...trail, comboName]);
        continue;
      }
      try {
        out.push(lookUp(model, snapshot, 0));
      } catch (error) {
        if (!(error instanceof OmniError)) throw error;
        problems.push(error);
      }
    }
  };
  visit(name, []);
  const [first] = problems;
  if (out.length === 0 && first !== undefined) throw first;
  return out;
}

function lookUp(model: string, snapshot: Snapshot, depth: number): ModelAtProvider {
  const slash = model.indexOf('/');
  const prefix = slash < 0 ? model : model.slice(0, slash);
  const provider = snapshot.providerByPrefix.get(prefix);
  if (provider !== undefined) {
    const rest = slash < 0 ? defaultModel(provider, snapshot) : model.slice(slash + 1);
    if (rest !== undefined && rest !== '') return { provider, model: rest };
  }
  const alias = snapshot.aliases.get(model) ?? wildcardTarget(snapshot, model);
  if (alias !== undefined && alias !== model) {
    if (depth >= ALIAS_DEPTH_LIMIT)
      throw new OmniError('invalid_request', `The alias "${model}" leads in a circle.`, { path: 'model' });
    return lookUp(alias, snapshot, depth + 1);
  }
  return catalogMatch(model, snapshot);
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

function targetsAt({ provider, model }: ModelAtProvider, clientFormat: FormatId, snapshot: Snapshot): Target[] {
  const { id, info, note } = snapshot.catalog.resolve(provider.id, model);
  const endpoint = endpointFor(provider, id, clientFormat);
  const base = { provider, endpoint, model: id, ...(info && { info }), ...(note !== undefined && { note }) };
  const accounts = snapshot.accountsByProvider.get(provider.id) ?? [];
  if (accounts.length === 0 && provider.key === 'optional' && provider.custom) return [base];
  return accounts.map((account) => ({ ...base, account }));
}

/** The endpoint that speaks the client's format, else the provider's preferred one, among those that serve the model. */
export function endpointFor(provider: Provider, model: string, clientFormat: FormatId): Endpoint {
  const serving = provider.endpoints.filter((endpoint) => endpointServes(endpoint, model));
  return serving.find(({ format }) => format === clientFormat) ?? serving[0] ?? provider.endpoints[0];
}

function noConnection(found: readonly ModelAtProvider[]): OmniError {
  const names = [...new Set(found.map(({ provider }) => provider.name))];
  const which = names.length === 0 ? 'The combo is empty' : `No active connection for ${names.join(', ')}`;
  return new OmniError('no_connection', `${which}. Add a key under Providers, then try again.`);
}
