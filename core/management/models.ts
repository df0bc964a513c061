/** The catalog grouped by provider, and the user's aliases, under `/api/models` (facts.md C.6, C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { asString, compact } from '../base/json.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import { ALIAS_NAMESPACE } from '../routing/live-snapshot.ts';
import { aliasTable, aliasTarget } from '../routing/snapshot.ts';
import type { Handlers } from './implementer.ts';
import { knownProvider } from './providers.ts';
import type { ManagementServices } from './services.ts';
import { modelShape } from './shapes.ts';

const alias = modelShape.refine(
  (name) => !name.includes('/'),
  'must not hold a slash: what stands before one is a provider',
);
const CAPABILITIES = ['tools', 'vision', 'reasoning', 'structuredOutput'] as const;
const catalogModel = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  custom: z.boolean(),
  contextTokens: z.number().optional(),
  maxOutputTokens: z.number().optional(),
  capabilities: z.array(z.enum(CAPABILITIES)).describe('What is known of it'),
  price: z
    .object({ input: z.number(), output: z.number() })
    .optional()
    .describe('US dollars per million tokens; absent: not known'),
  retiredOn: z.string().optional(),
  replacedBy: z.string().optional(),
});

export const modelsContract = {
  catalog: oc
    .route({
      method: 'GET',
      path: '/models/catalog',
      summary: 'Known models by provider alias; all, or of one provider',
    })
    .input(z.object({ provider: z.string().max(200).optional() }).optional())
    .output(
      z.object({
        catalog: z.record(
          z.string(),
          z.object({ provider: z.string(), name: z.string(), active: z.boolean(), models: z.array(catalogModel) }),
        ),
      }),
    ),
  usable: oc
    .route({
      method: 'GET',
      path: '/models/usable',
      summary: 'Model strings a tool may ask for right now: combos, then chat models of what is connected',
      description:
        'Endpoints that list their own models are asked, for two seconds at most; one that fails is left out.',
    })
    .output(z.object({ models: z.array(z.string()) })),
  aliases: oc
    .route({ method: 'GET', path: '/models/alias', summary: 'All aliases' })
    .output(z.object({ aliases: z.record(z.string(), z.string()) })),
  testAlias: oc
    .route({ method: 'GET', path: '/models/alias/test', summary: 'What a model’s name stands for; nothing is asked' })
    .input(z.object({ model: modelShape }))
    .output(
      z.object({
        meaning: z.enum(['combo', 'provider', 'alias', 'name']).describe('name: looked up in the catalog as it is'),
        target: z.string().optional().describe('Of the alias'),
      }),
    ),
  putAlias: oc
    .route({ method: 'PUT', path: '/models/alias', summary: 'Set an alias; * and ? make it a wildcard' })
    .input(z.strictObject({ alias, model: modelShape }))
    .output(z.object({ success: z.literal(true), alias: z.string(), model: z.string() })),
  removeAlias: oc
    .route({ method: 'DELETE', path: '/models/alias', inputStructure: 'detailed', summary: 'Remove an alias' })
    .input(z.object({ query: z.object({ alias: modelShape }) }))
    .output(z.object({ success: z.literal(true), removed: z.boolean() })),
};

export const modelsHandlers = ({ models }: Handlers) => ({
  catalog: models.catalog.handler(({ input, context: { services } }) => ({
    catalog: catalogOf(services, input?.provider),
  })),
  usable: models.usable.handler(async ({ context: { services } }) => ({ models: [...(await services.chatModels())] })),
  aliases: models.aliases.handler(({ context: { services } }) => ({
    aliases: Object.fromEntries(aliasesOf(services)),
  })),
  testAlias: models.testAlias.handler(({ input: { model }, context: { services } }) => meaningOf(model, services)),
  putAlias: models.putAlias.handler(({ input, context: { services } }) => {
    if (input.alias === input.model) {
      throw new OmniError('invalid_request', 'An alias cannot stand for itself.', { path: 'model' });
    }
    services.store.keyValues.set(ALIAS_NAMESPACE, input.alias, input.model);
    services.changed();
    return { success: true as const, alias: input.alias, model: input.model };
  }),
  removeAlias: models.removeAlias.handler(({ input: { query }, context: { services } }) => {
    const removed = services.store.keyValues.remove(ALIAS_NAMESPACE, query.alias);
    if (removed) services.changed();
    return { success: true as const, removed };
  }),
});

function aliasesOf({ store }: ManagementServices): (readonly [name: string, target: string])[] {
  return store.keyValues.entries(ALIAS_NAMESPACE).flatMap(([name, value]) => {
    const target = asString(value);
    return target === undefined ? [] : [[name, target] as const];
  });
}

/** The order of `routing/resolve.ts`: combos, then providers' prefixes, then aliases. */
function meaningOf(
  model: string,
  services: ManagementServices,
): { meaning: 'combo' | 'provider' | 'alias' | 'name'; target?: string } {
  if (services.store.combos.list().some(({ name }) => name === model)) return { meaning: 'combo' };
  const [prefix] = model.split('/');
  const isProvider = [...services.providers().values()].some(({ id, alias }) => id === prefix || alias === prefix);
  if (isProvider && model.includes('/')) return { meaning: 'provider' };
  const target = aliasTarget(aliasTable(aliasesOf(services)), model);
  return target === undefined ? { meaning: 'name' } : { meaning: 'alias', target };
}

function catalogOf(services: ManagementServices, only: string | undefined) {
  const connected = new Set(services.accounts.list().flatMap(({ provider, isActive }) => (isActive ? [provider] : [])));
  const wanted = only === undefined ? [...services.providers().values()] : [knownProvider(services, only)];
  const entries = wanted.map((provider) => {
    const listed = services.catalog.list(provider.id);
    const ids = new Set(listed.map(({ id }) => id));
    const own = services.store.customModels.list(provider.id);
    const ownIds = new Set(own.map(({ modelId }) => modelId));
    const added = own
      .filter(({ modelId }) => !ids.has(modelId))
      .map(({ modelId, ...rest }) => ({ ...rest, id: modelId, custom: true }));
    const all = [...listed.map((info) => (ownIds.has(info.id) ? { ...info, custom: true } : info)), ...added].map(
      toCatalogModel,
    );
    return [
      provider.alias,
      { provider: provider.id, name: provider.name, active: connected.has(provider.id), models: all },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function toCatalogModel(info: ModelInfo): z.output<typeof catalogModel> {
  const { id, contextTokens, maxOutputTokens, capabilities = {}, price, retiredOn, replacedBy } = info;
  return {
    id,
    name: info.name ?? id,
    type: info.type ?? 'chat',
    custom: info.custom ?? false,
    capabilities: CAPABILITIES.filter((capability) => capabilities[capability] === true),
    ...(price && { price: { input: price.input, output: price.output } }),
    ...compact({ contextTokens, maxOutputTokens, retiredOn, replacedBy }),
  };
}
