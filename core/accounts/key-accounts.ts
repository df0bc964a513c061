/**
 * The accounts over the store: API keys, and logins whose tokens `tokens/` keeps. A key is sealed before it reaches the
 * store and opened only for routing and for asking its provider; every result and error here is free of it.
 */
import { OmniError, toOmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { compact } from '../base/json.ts';
import type { ConnectionRecord } from '../store/records.ts';
import { fetchModels, testAccount, timedCheck } from './account-checks.ts';
import { type KeyAccountsParts, keyMissing, notFound, openKey, placeOf, providerOf } from './account-parts.ts';
import type { Account, AccountChange, Accounts, AccountView, NewAccount } from './accounts.ts';
import { chooseIdentity, dataWithChoice, forgetIdentity, isSentAsOwn } from './client-identity.ts';
import { checkName, checkPriority, cleanKey } from './inputs.ts';

/** The accounts over the store. Errors and limits are those of the `Accounts` interface. */
export function createKeyAccounts(parts: KeyAccountsParts): Accounts {
  const { connections } = parts.store;
  const view = (record: ConnectionRecord): AccountView => viewOf(record, parts.store);
  const update = (id: string, change: AccountChange): AccountView => {
    const current = connections.get(id);
    if (current === undefined) throw notFound(id);
    const { name, priority, isActive, defaultModel, apiKey, sendsClientIdentity } = change;
    if (apiKey !== undefined && current.authType === 'oauth')
      throw new OmniError('invalid_request', 'This account was signed in to: it has no API key.', { path: 'apiKey' });
    if (sendsClientIdentity !== undefined)
      chooseIdentity(parts.store.keyValues, current, {
        row: providerOf(parts, current.provider),
        isOn: sendsClientIdentity,
      });
    const key = apiKey === undefined ? undefined : cleanKey(apiKey);
    const record = connections.update(id, {
      ...(name !== undefined && { name: freeName(connections.list(), { id, provider: current.provider, name }) }),
      ...(priority !== undefined && { priority: checkPriority(priority) }),
      ...(isActive !== undefined && { isActive }),
      ...(defaultModel !== undefined && { defaultModel: defaultModel ?? undefined }),
      ...(key !== undefined && {
        sealedApiKey: parts.vault.seal(key, placeOf(id)),
        testStatus: 'unknown' as const,
        lastError: undefined,
        lastErrorAtMs: undefined,
      }),
    });
    if (key !== undefined) parts.onGoodKey?.(id);
    parts.onChange();
    return view(record);
  };
  return {
    list: () => connections.list().map(view),
    get: (id) => {
      const record = connections.get(id);
      return record === undefined ? undefined : view(record);
    },
    create: (account) => create(parts, account),
    update,
    remove: (id) => {
      const isRemoved = connections.remove(id);
      forgetIdentity(parts.store.keyValues, id);
      if (isRemoved) parts.onChange();
      return isRemoved;
    },
    test: (id) => testAccount(parts, id),
    validate: async (providerId, apiKey) => {
      const provider = providerOf(parts, providerId);
      const key = apiKey === undefined ? undefined : cleanKey(apiKey);
      return (await timedCheck(parts, { provider, key })).result;
    },
    fetchModels: (id) => fetchModels(parts, id),
    open: () => connections.list().flatMap((record) => openAccount(parts, record)),
  };
}

function create(parts: KeyAccountsParts, account: NewAccount): AccountView {
  const { connections } = parts.store;
  const provider = providerOf(parts, account.provider);
  const key = account.apiKey === undefined ? undefined : cleanKey(account.apiKey);
  if (key === undefined && provider.key === 'required')
    throw new OmniError('invalid_request', keyMissing(provider), { path: 'apiKey' });
  const siblings = connections.list();
  const priorities = siblings.filter((one) => one.provider === provider.id).map(({ priority }) => priority);
  const [id, nowMs] = [randomId(), parts.clock.nowMs()];
  const record: ConnectionRecord = compact({
    id,
    provider: provider.id,
    authType: 'apikey' as const,
    name: freeName(siblings, { id, provider: provider.id, name: account.name }),
    priority: account.priority === undefined ? Math.max(0, ...priorities) + 1 : checkPriority(account.priority),
    isActive: true,
    sealedApiKey: key === undefined ? undefined : parts.vault.seal(key, placeOf(id)),
    defaultModel: account.defaultModel,
    testStatus: 'unknown' as const,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
  connections.insert(record);
  parts.onChange();
  return viewOf(record, parts.store);
}

/** One account that cannot be opened is told of in the log and left out: the others go on. A closed vault is told of once. */
function openAccount(parts: KeyAccountsParts, record: ConnectionRecord): readonly Account[] {
  const { id, provider, name, priority, isActive, defaultModel } = record;
  const account = compact({ id, provider, name, priority, isActive, defaultModel });
  try {
    if (record.authType === 'apikey') return [{ ...account, ...compact({ key: openKey(parts, record) }) }];
    const data = parts.store.tokens.get(id)?.data ?? {};
    const choice = isSentAsOwn(parts.store.keyValues, id);
    return [{ ...account, login: parts.loginOf(id), data: dataWithChoice(data, choice) }];
  } catch (error) {
    const failure = toOmniError(error);
    if (failure.code !== 'vault_closed')
      parts.log.error('An account is left out, because its key cannot be opened.', { id, name }, failure);
    return [];
  }
}

/** The name, trimmed. Throws `invalid_request` when another account of the provider has it, in whatever case. */
function freeName(
  records: readonly ConnectionRecord[],
  { id, provider, name }: Pick<ConnectionRecord, 'id' | 'provider' | 'name'>,
): string {
  const clean = checkName(name);
  const isTaken = records.some(
    (one) => one.id !== id && one.provider === provider && one.name.toLowerCase() === clean.toLowerCase(),
  );
  if (!isTaken) return clean;
  throw new OmniError('invalid_request', `The name "${clean}" is in use at this provider. Choose another one.`, {
    path: 'name',
  });
}

function viewOf(
  { sealedApiKey, ...record }: ConnectionRecord,
  { tokens, keyValues }: KeyAccountsParts['store'],
): AccountView {
  const view = { ...record, hasApiKey: sealedApiKey !== undefined };
  if (record.authType === 'apikey') return view;
  const { data = {}, expiresAtMs } = tokens.get(record.id) ?? {};
  const { plan, projectId, workspace, region } = data;
  const facts = { plan, projectId, workspace, region };
  const told = Object.entries(facts).filter(([, value]) => typeof value === 'string');
  const choice = isSentAsOwn(keyValues, record.id) ? { sendsClientIdentity: true } : {};
  return { ...view, login: { ...Object.fromEntries(told), ...choice, ...compact({ expiresAtMs }) } };
}
