/** Custom models: any model id on any provider, without an update, under `/api/provider-models` (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { compact } from '../base/json.ts';
import type { CustomModelRecord } from '../store/records.ts';
import type { Handlers } from './implementer.ts';
import { knownProvider } from './providers.ts';
import { modelShape, nameShape } from './shapes.ts';

const provider = z.string().trim().min(1, 'must not be empty').max(200);
const tokens = z.int().min(1).max(100_000_000);
const model = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  contextTokens: z.number().optional(),
  maxOutputTokens: z.number().optional(),
});

export const providerModelsContract = {
  list: oc
    .route({ method: 'GET', path: '/provider-models', summary: 'Custom models of one provider, or of all by provider' })
    .input(z.object({ provider: provider.optional() }).optional())
    .output(z.object({ models: z.union([z.array(model), z.record(z.string(), z.array(model))]) })),
  put: oc
    .route({ method: 'POST', path: '/provider-models', summary: 'Add or replace a custom model' })
    .input(
      z.strictObject({
        provider,
        modelId: modelShape,
        modelName: nameShape.optional(),
        source: z.string().trim().min(1).max(50).optional(),
        contextTokens: tokens.optional(),
        maxOutputTokens: tokens.optional(),
      }),
    )
    .output(z.object({ model })),
  remove: oc
    .route({ method: 'DELETE', path: '/provider-models', inputStructure: 'detailed', summary: 'Remove a custom model' })
    .input(z.object({ query: z.object({ provider, model: modelShape }) }))
    .output(z.object({ removed: z.boolean() })),
};

export const providerModelsHandlers = ({ providerModels }: Handlers) => ({
  list: providerModels.list.handler(({ input, context: { services } }) => {
    const { customModels } = services.store;
    if (input?.provider !== undefined) {
      return { models: customModels.list(knownProvider(services, input.provider).id).map(toModel) };
    }
    const byProvider = Map.groupBy(customModels.list(), (record) => record.provider);
    return { models: Object.fromEntries([...byProvider].map(([id, records]) => [id, records.map(toModel)])) };
  }),
  put: providerModels.put.handler(({ input, context: { services } }) => {
    const { modelId, modelName, source = 'manual', contextTokens, maxOutputTokens } = input;
    const record: CustomModelRecord = {
      provider: knownProvider(services, input.provider).id,
      modelId,
      source,
      ...compact({ name: modelName, contextTokens, maxOutputTokens }),
    };
    services.store.customModels.put(record);
    services.changed();
    return { model: toModel(record) };
  }),
  remove: providerModels.remove.handler(({ input: { query }, context: { services } }) => {
    const removed = services.store.customModels.remove(knownProvider(services, query.provider).id, query.model);
    if (removed) services.changed();
    return { removed };
  }),
});

function toModel({ modelId, name, source, contextTokens, maxOutputTokens }: CustomModelRecord): z.output<typeof model> {
  return { id: modelId, name: name ?? modelId, source, ...compact({ contextTokens, maxOutputTokens }) };
}
