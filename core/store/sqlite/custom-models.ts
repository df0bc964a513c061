/**
 * Models the user added. The original keeps them in `key_value`, namespace `customModels`, one JSON array a provider:
 * `[{ id, name, source, contextTokens?, maxOutputTokens? }]`.
 */
import { asNumber, asString, compact, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { CustomModelRecord } from '../records.ts';
import type { CustomModelRepository, KeyValueRepository } from '../store.ts';

const NAMESPACE = 'customModels';

export function customModelRepository(keyValues: KeyValueRepository): CustomModelRepository {
  const listOf = (provider: string): CustomModelRecord[] => readModels(provider, keyValues.get(NAMESPACE, provider));
  const write = (provider: string, models: readonly CustomModelRecord[]): void => {
    if (models.length === 0) keyValues.remove(NAMESPACE, provider);
    else keyValues.set(NAMESPACE, provider, models.map(toJson));
  };
  return {
    list: (provider) =>
      provider === undefined
        ? keyValues.entries(NAMESPACE).flatMap(([owner, value]) => readModels(owner, value))
        : listOf(provider),
    put: (record) => {
      const models = listOf(record.provider);
      const index = models.findIndex(({ modelId }) => modelId === record.modelId);
      write(record.provider, index === -1 ? [...models, record] : models.with(index, record));
    },
    remove: (provider, modelId) => {
      const models = listOf(provider);
      const kept = models.filter((model) => model.modelId !== modelId);
      if (kept.length < models.length) write(provider, kept);
      return kept.length < models.length;
    },
  };
}

function toJson({ modelId, name, source, contextTokens, maxOutputTokens }: CustomModelRecord): JsonObject {
  return compact({ id: modelId, name, source, contextTokens, maxOutputTokens });
}

function readModels(provider: string, value: JsonValue | undefined): CustomModelRecord[] {
  return objectsOf(value).flatMap((model) => {
    const modelId = asString(model['id']);
    if (modelId === undefined) return [];
    return [
      compact({
        provider,
        modelId,
        name: asString(model['name']),
        source: asString(model['source']) ?? 'manual',
        contextTokens: asNumber(model['contextTokens']),
        maxOutputTokens: asNumber(model['maxOutputTokens']),
      }),
    ];
  });
}
