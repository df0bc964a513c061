/**
 * The list of models in the shape each kind of client expects (pitfalls.md 7.1): combos first, then `alias/model` for
 * every connected provider, each with a twin under the provider's id.
 */
import { OmniError } from '../base/errors.ts';
import { compact, type JsonObject } from '../base/json.ts';
import type { FormatId } from '../model/format-id.ts';
import type { Caller } from '../pipeline/exchange.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import type { Provider } from '../providers/provider.ts';
import type { Snapshot } from '../routing/snapshot.ts';

export interface ListedModel {
  /** As a client asks for it: `ds/deepseek-chat`, a combo's or an alias's name. */
  readonly id: string;
  readonly ownedBy: string;
  /** Under the alias, where `id` stands under the provider's id. */
  readonly parent?: string;
  readonly info?: ModelInfo;
}

/** Gives a provider's own list, beyond the catalog. */
export type OwnList = (providerId: string) => readonly string[];

/** Of the file on disk, which Ollama tells of a model and a gateway does not know. */
const NO_DETAILS: JsonObject = { format: '', family: '', families: [], parameter_size: '', quantization_level: '' };

/** Everything this caller may ask for: combos, aliases, models of connected providers and of custom nodes. */
export function listModels(snapshot: Snapshot, caller: Pick<Caller, 'allows'>, ownList: OwnList): ListedModel[] {
  const out: ListedModel[] = [];
  for (const name of snapshot.comboByName.keys()) out.push({ id: name, ownedBy: 'combo' });
  for (const [name] of snapshot.aliases) out.push({ id: name, ownedBy: 'alias' });
  for (const provider of new Set(snapshot.providerByPrefix.values())) {
    if (!snapshot.accountsByProvider.has(provider.id) && !provider.custom) continue;
    for (const info of modelsOf(provider, snapshot, ownList)) {
      const id = `${provider.alias}/${info.id}`;
      out.push({ id, ownedBy: provider.id, info });
      if (!provider.custom && provider.alias !== provider.id) {
        out.push({ id: `${provider.id}/${info.id}`, ownedBy: provider.id, parent: id, info });
      }
    }
  }
  return out.filter(({ id }) => caller.allows(id));
}

function modelsOf(provider: Provider, snapshot: Snapshot, ownList: OwnList): readonly ModelInfo[] {
  const known = snapshot.catalog.list(provider.id).filter(({ retiredOn }) => retiredOn === undefined);
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...ownList(provider.id).flatMap((id) => (ids.has(id) ? [] : [{ id }]))];
}

/** Neither a second name of another nor a model that answers in something else than words. */
export function isOneChatModel({ ownedBy, parent, info }: ListedModel): boolean {
  return parent === undefined && ownedBy !== 'alias' && (info?.type ?? 'chat') === 'chat';
}

/** The client's protocol, told by its headers and path. */
export function shapeFor(isGeminiPath: boolean, headers: { readonly [name: string]: unknown }): FormatId {
  if (isGeminiPath || headers['x-goog-api-key'] !== undefined) return 'gemini';
  return headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic-messages';
}

/** The whole list in a protocol's shape. */
export function modelList(models: readonly ListedModel[], shape: FormatId, startedAtS: number): JsonObject {
  const data = models.map((model) => oneModel(model, shape, startedAtS));
  if (shape === 'gemini') return { models: data };
  if (shape === 'ollama-chat') return { models: data };
  if (shape !== 'anthropic-messages') return { object: 'list', data };
  return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null };
}

/** One model in a protocol's shape. `startedAtS` stands in for a creation date nobody knows. */
export function oneModel(model: ListedModel, shape: FormatId, startedAtS: number): JsonObject {
  const { id, info } = model;
  const name = info?.name ?? id;
  switch (shape) {
    case 'gemini':
      return compact({
        name: `models/${id}`,
        version: '1',
        displayName: name,
        inputTokenLimit: info?.contextTokens,
        outputTokenLimit: info?.maxOutputTokens,
        supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
      });
    case 'anthropic-messages':
      return compact({
        type: 'model',
        id,
        display_name: name,
        created_at: new Date(startedAtS * 1_000).toISOString(),
        max_input_tokens: info?.contextTokens,
        max_tokens: info?.maxOutputTokens,
      });
    case 'ollama-chat':
      return {
        name: id,
        model: id,
        modified_at: new Date(startedAtS * 1_000).toISOString(),
        size: 0,
        digest: '',
        details: NO_DETAILS,
      };
    default:
      return compact({
        id,
        object: 'model',
        created: startedAtS,
        owned_by: model.ownedBy,
        permission: [],
        root: info?.id ?? id,
        parent: model.parent ?? null,
        type: info?.type === 'chat' ? undefined : info?.type,
        custom: info?.custom,
        context_length: info?.contextTokens,
        max_output_tokens: info?.maxOutputTokens,
      });
  }
}

/**
 * What Ollama's clients ask before they use a model (https://github.com/ollama/ollama/blob/main/docs/api.md). Where
 * nothing is known of a model it counts as able to call tools and see, since a client would not try otherwise.
 */
export function ollamaModel({ id, info }: ListedModel, startedAtS: number): JsonObject {
  const { tools = true, vision = true, reasoning = false } = info?.capabilities ?? {};
  const capabilities = info?.type === 'embedding' ? ['embedding'] : ['completion'];
  if (capabilities[0] === 'completion') {
    if (tools) capabilities.push('tools');
    if (vision) capabilities.push('vision');
    if (reasoning) capabilities.push('thinking');
  }
  return {
    modelfile: '',
    parameters: '',
    template: '',
    details: NO_DETAILS,
    model_info: compact({
      'general.architecture': 'omniroute',
      'general.basename': id,
      'omniroute.context_length': info?.contextTokens,
    }),
    capabilities,
    modified_at: new Date(startedAtS * 1_000).toISOString(),
  };
}

/** The one model with this id. Throws `model_not_found`. */
export function findModel(models: readonly ListedModel[], id: string): ListedModel {
  const found = models.find((model) => model.id === id);
  if (found === undefined)
    throw new OmniError('model_not_found', `There is no model "${id}". GET /v1/models lists what there is.`);
  return found;
}
