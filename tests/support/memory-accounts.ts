/** Accounts for tests: stored through the given store and vault; the provider's answer is what the test says. */
import type { AccountChange, Accounts, AccountView } from '../../core/accounts/accounts.ts';
import { OmniError } from '../../core/base/errors.ts';
import { randomId } from '../../core/base/ids.ts';
import { compact } from '../../core/base/json.ts';
import type { Secret } from '../../core/base/secret.ts';
import type { ConnectionRecord } from '../../core/store/records.ts';
import type { Store } from '../../core/store/store.ts';
import type { Vault } from '../../core/vault/vault.ts';

export interface MemoryAccountsParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly nowMs: number;
  /** Does the provider take this key? */
  readonly isGoodKey?: (key: string | undefined) => boolean;
  readonly modelIds?: readonly string[];
}

export function memoryAccounts({
  store,
  vault,
  nowMs,
  isGoodKey = () => true,
  modelIds = [],
}: MemoryAccountsParts): Accounts {
  const placeOf = (id: string): string => `provider_connections/${id}/api_key`;
  const keyOf = ({ id, sealedApiKey }: ConnectionRecord): Secret | undefined =>
    sealedApiKey === undefined ? undefined : vault.open(sealedApiKey, placeOf(id));
  const known = (id: string): ConnectionRecord => {
    const record = store.connections.get(id);
    if (record === undefined) throw new OmniError('not_found', `There is no connection ${id}.`);
    return record;
  };
  const check = (key: Secret | undefined) =>
    isGoodKey(key?.reveal())
      ? { valid: true, statusCode: 200, latencyMs: 3 }
      : { valid: false, error: 'Invalid API key', statusCode: 401, latencyMs: 3 };
  return {
    list: () => store.connections.list().map(viewOf),
    get: (id) => {
      const record = store.connections.get(id);
      return record && viewOf(record);
    },
    create({ provider, apiKey, name, priority = 1, defaultModel }) {
      if (store.connections.list().some((other) => other.provider === provider && other.name === name)) {
        throw new OmniError('invalid_request', `There is a connection "${name}" already.`, { path: 'name' });
      }
      const id = randomId('conn_');
      const record: ConnectionRecord = {
        ...{ id, provider, name, priority, authType: 'apikey', isActive: true, testStatus: 'unknown' },
        ...compact({ defaultModel, sealedApiKey: apiKey && vault.seal(apiKey, placeOf(id)) }),
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      };
      store.connections.insert(record);
      return viewOf(record);
    },
    update(id, { apiKey, defaultModel, ...rest }: AccountChange) {
      const sealed = apiKey && { sealedApiKey: vault.seal(apiKey, placeOf(id)) };
      const model = defaultModel !== undefined && { defaultModel: defaultModel ?? undefined };
      return viewOf(store.connections.update(id, { ...compact(rest), ...sealed, ...model }));
    },
    remove: (id) => store.connections.remove(id),
    test(id) {
      const result = check(keyOf(known(id)));
      store.connections.update(id, { testStatus: result.valid ? 'success' : 'error', lastTestedAtMs: nowMs });
      return Promise.resolve(result);
    },
    validate: (_provider, apiKey) => Promise.resolve(check(apiKey)),
    fetchModels(id) {
      if (!isGoodKey(keyOf(known(id))?.reveal()))
        return Promise.reject(new OmniError('upstream_auth', 'The key was refused.'));
      return Promise.resolve(modelIds);
    },
    open: () =>
      store.connections.list().map((record) => {
        const { id, provider, name, priority, isActive, defaultModel } = record;
        return { id, provider, name, priority, isActive, ...compact({ defaultModel, key: keyOf(record) }) };
      }),
  };
}

function viewOf({ sealedApiKey, ...view }: ConnectionRecord): AccountView {
  return { ...view, hasApiKey: sealedApiKey !== undefined };
}
