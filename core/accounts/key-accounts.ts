/**
 * The accounts over the store: API keys, and logins whose tokens `tokens/` keeps. A key is sealed before it reaches the store and opened only for routing and for asking
 * its provider; every result and error here is free of it.
 */
import type { Clock } from '../base/clock.ts';
import { OmniError, toOmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { compact } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { Secret } from '../base/secret.ts';
import type { Provider } from '../providers/provider.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';
import type {
  Account,
  AccountChange,
  AccountLogin,
  Accounts,
  AccountView,
  NewAccount,
  TestResult,
} from './accounts.ts';
import { checkKey, type Verdict } from './check-key.ts';
import { chooseIdentity, dataWithChoice, forgetIdentity, isSentAsOwn } from './client-identity.ts';
import type { HttpSend } from './http.ts';
import { checkName, checkPriority, cleanKey } from './inputs.ts';
import { fetchModelList } from './model-list.ts';

/** Of one test: up to three calls of ten seconds each. */
const TEST_LIMIT_MS = 30_000;
const LIST_LIMIT_MS = 60_000;

export interface KeyAccountsParts {
  readonly store: Pick<Store, 'connections' | 'tokens' | 'keyValues'>;
  readonly vault: Vault;
  /** Rows and custom nodes by id, as they are now. */
  providers(): ReadonlyMap<string, Provider>;
  readonly send: HttpSend;
  readonly clock: Clock;
  readonly log: Log;
  /** An account was made, changed or removed. */
  onChange(): void;
  /** An account has another key, or its key proved good: what was held against it is over. */
  onGoodKey?(id: string): void;
  /** A model of the provider's for the one-token test, from the catalog; absent: the row's own, or the list's first. */
  readonly modelFor?: (providerId: string) => string | undefined;
  /** The login behind a connection that was signed in to. */
  loginOf(connectionId: string): AccountLogin;
}

/** The accounts over the store. Errors and limits are those of the `Accounts` interface. */
export function createKeyAccounts(parts: KeyAccountsParts): Accounts {
  const { connections } = parts.store;
  const view = (record: ConnectionRecord): AccountView => viewOf(record, parts.store);
  const update = (id: string, change: AccountChange): AccountView => {
    const current = connections.get(id);
    if (current === undefined) throw notFound(id);
    const { name, priority, isActive, defaultModel, apiKey, sendsClientIdentity } = change;
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
    test: (id) => test(parts, id),
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

async function test(parts: KeyAccountsParts, id: string): Promise<TestResult> {
  const { connections } = parts.store;
  const tested = connections.get(id);
  if (tested === undefined) throw notFound(id);
  const provider = providerOf(parts, tested.provider);
  const { result, verdict } =
    tested.authType === 'oauth'
      ? await checkLogin(parts, id)
      : await timedCheck(parts, {
          ...{ provider, key: openKey(parts, tested), model: tested.defaultModel, connectionId: id },
        });
  const current = connections.get(id);
  // Meanwhile it may have been removed, or given another key, about which this says nothing.
  if (current === undefined || current.sealedApiKey !== tested.sealedApiKey) return result;
  // A login that is over was noted as that where it was found out.
  if (current.testStatus === 'expired' && tested.authType === 'oauth') return result;
  const nowMs = parts.clock.nowMs();
  connections.update(id, {
    testStatus: verdict.status,
    lastTestedAtMs: nowMs,
    lastError: verdict.error,
    lastErrorAtMs: verdict.error === undefined ? undefined : nowMs,
  });
  if (result.valid) parts.onGoodKey?.(id);
  return result;
}

/** A login is good while its provider gives a token for it. */
async function checkLogin(
  { loginOf }: KeyAccountsParts,
  id: string,
): Promise<{ readonly result: TestResult; readonly verdict: Verdict }> {
  const startedMs = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - startedMs);
  try {
    await loginOf(id).credential();
    return { verdict: { status: 'active' }, result: { valid: true, latencyMs: latencyMs() } };
  } catch (thrown) {
    const { code, message: error } = toOmniError(thrown);
    const status = code === 'login_expired' ? 'error' : 'unavailable';
    return { verdict: { status, error }, result: { valid: false, error, latencyMs: latencyMs() } };
  }
}

interface Checked {
  readonly provider: Provider;
  readonly key: Secret | undefined;
  readonly model?: string | undefined;
  /** Absent for a key that is not stored yet. */
  readonly connectionId?: string;
}

/** Calls of an account take the way of its requests. */
function sendVia({ send }: KeyAccountsParts, providerId: string, connectionId: string | undefined): HttpSend {
  const via = { providerId, ...(connectionId !== undefined && { connectionId }) };
  return (request, signal) => send({ ...request, via }, signal);
}

async function timedCheck(
  parts: KeyAccountsParts,
  { provider, key, model, connectionId }: Checked,
): Promise<{ readonly result: TestResult; readonly verdict: Verdict }> {
  if (key === undefined && provider.key === 'required') {
    const verdict = { status: 'error', error: keyMissing(provider) } as const;
    return { verdict, result: { valid: false, error: verdict.error, latencyMs: 0 } };
  }
  const startedMs = performance.now();
  const chosen = model ?? parts.modelFor?.(provider.id);
  const verdict = await checkKey({
    provider,
    key,
    send: sendVia(parts, provider.id, connectionId),
    signal: AbortSignal.timeout(TEST_LIMIT_MS),
    ...(chosen !== undefined && { model: chosen }),
  });
  const { status, error, statusCode } = verdict;
  const latencyMs = Math.round(performance.now() - startedMs);
  return { verdict, result: compact({ valid: status === 'active', error, statusCode, latencyMs }) };
}

async function fetchModels(parts: KeyAccountsParts, id: string): Promise<readonly string[]> {
  const record = parts.store.connections.get(id);
  if (record === undefined) throw notFound(id);
  const provider = providerOf(parts, record.provider);
  const { modelList } = provider;
  if (modelList === undefined)
    throw new OmniError('invalid_request', `${provider.name} does not list its models. Add them by hand.`);
  return await fetchModelList({
    provider: { ...provider, modelList },
    key: record.authType === 'oauth' ? (await parts.loginOf(id).credential()).key : openKey(parts, record),
    isLogin: record.authType === 'oauth',
    send: sendVia(parts, provider.id, id),
    signal: AbortSignal.timeout(LIST_LIMIT_MS),
  });
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

function openKey({ vault }: KeyAccountsParts, { id, sealedApiKey }: ConnectionRecord): Secret | undefined {
  return sealedApiKey === undefined ? undefined : vault.open(sealedApiKey, placeOf(id));
}

function providerOf({ providers }: KeyAccountsParts, id: string): Provider {
  const provider = providers().get(id);
  if (provider !== undefined) return provider;
  throw new OmniError('invalid_request', `There is no provider or custom node with the id "${id}".`, {
    path: 'provider',
  });
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

function placeOf(id: string): string {
  return `provider_connections/${id}/api_key`;
}

function keyMissing({ name, keyUrl }: Provider): string {
  return `${name} needs an API key.${keyUrl === undefined ? '' : ` It is made at ${keyUrl}.`}`;
}

function notFound(id: string): OmniError {
  return new OmniError('not_found', `There is no connection with the id "${id}".`);
}
