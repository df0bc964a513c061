/** Management behind the door on a real socket, over stores in memory. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../core/base/clock.ts';
import { createEventBus, noEvents } from '../../core/base/event-bus.ts';
import { asObject, type JsonObject, parseJson } from '../../core/base/json.ts';
import { silentLog } from '../../core/base/log.ts';
import { Secret } from '../../core/base/secret.ts';
import { createManagement } from '../../core/management/handler.ts';
import type { ManagementServices } from '../../core/management/services.ts';
import type { ActiveRequest } from '../../core/pipeline/active-requests.ts';
import { createTelemetry } from '../../core/pipeline/telemetry.ts';
import { createAnswerCache } from '../../core/policy/answer-cache.ts';
import { createApiKeys } from '../../core/policy/api-keys.ts';
import { createBudgets } from '../../core/policy/budgets.ts';
import { decideDoor, doorRequest, doorRules } from '../../core/policy/door.ts';
import { createIpFilter } from '../../core/policy/ip-filter.ts';
import { createLockouts } from '../../core/policy/lockouts.ts';
import { createProxies } from '../../core/policy/proxies.ts';
import { createServiceState } from '../../core/policy/service-state.ts';
import { createSessions } from '../../core/policy/sessions.ts';
import { createSettings, type SettingsService } from '../../core/policy/settings-service.ts';
import type { ModelInfo } from '../../core/providers/catalog/model-info.ts';
import { PRICING_NAMESPACE, readPrices } from '../../core/providers/pricing.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { createBalancer } from '../../core/routing/live-balancer.ts';
import { createResilience } from '../../core/routing/live-resilience.ts';
import type { Store } from '../../core/store/store.ts';
import { memoryAccounts } from './memory-accounts.ts';
import { memoryLogins, memoryQuotas, noImports } from './memory-logins.ts';
import { memoryStore } from './memory-store.ts';
import { memoryVault } from './memory-vault.ts';
import { testClock } from './test-clock.ts';

export const PASSWORD = 'correct horse battery';
export const GOOD_KEY = 'sk-upstream-good';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: JsonObject;
}

export interface ManagementServer {
  readonly url: string;
  readonly services: ManagementServices;
  readonly changes: () => number;
  /** Calls without any credential, unless headers bring one. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Calls with the owner's session. */
  own(method: string, path: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

function row(id: string, alias: string, name: string, change: Partial<Provider> = {}): Provider {
  return {
    id,
    alias,
    name,
    tier: 'api-key',
    hosts: { api: `https://${id}.example` },
    endpoints: [
      { format: 'openai-chat', path: '/v1/chat/completions', auth: { header: 'authorization', prefix: 'Bearer ' } },
    ],
    key: 'required',
    ...change,
  };
}

const ROWS = [
  row('openai', 'openai', 'OpenAI'),
  row('deepseek', 'ds', 'DeepSeek'),
  row('groq', 'groq', 'Groq', { tier: 'free' }),
];
const CATALOG: Readonly<Record<string, readonly ModelInfo[]>> = {
  deepseek: [{ id: 'deepseek-chat', name: 'DeepSeek Chat', contextTokens: 128_000 }],
  openai: [{ id: 'gpt-5' }, { id: 'text-embedding-3-small', type: 'embedding' }],
};

async function servicesInMemory(hasPassword: boolean, store: Store, changed: () => void): Promise<ManagementServices> {
  const vault = memoryVault();
  const clock = testClock();
  const settings = createSettings({
    keyValues: store.keyValues,
    overrides: { enableRequestLogs: false },
    log: silentLog,
  });
  const lockouts = createLockouts({
    ...{ keyValues: store.keyValues, clock },
    rules: () => settings.current().lockouts,
  });
  const sessions = createSessions({
    ...{ keyValues: store.keyValues, lockouts },
    signingKey: vault.derive('session'),
    ...(hasPassword && { initialPassword: new Secret(PASSWORD) }),
    isCookieSecure: false,
    clock,
    log: silentLog,
  });
  await sessions.start();
  return {
    ...{ store, vault, logins: memoryLogins(), imports: noImports, quotas: memoryQuotas() },
    accounts: memoryAccounts({
      store,
      vault,
      nowMs: clock.nowMs(),
      isGoodKey: (key) => key === GOOD_KEY,
      modelIds: ['deepseek-chat', 'new-model'],
    }),
    catalog: { list: (id) => priced(store, id) },
    chatModels: () => Promise.resolve(['always-on', 'ds/deepseek-chat']),
    defaultCatalog: () => ({ list: (id) => CATALOG[id] ?? [] }),
    providers: () => {
      const nodes = store.nodes
        .list()
        .map(({ id, prefix, name }) => row(id, prefix, name, { custom: true, tier: 'own' }));
      return new Map([...ROWS, ...nodes].map((provider) => [provider.id, provider]));
    },
    serviceState: createServiceState({ clock, events: noEvents }),
    sessions,
    lockouts,
    apiKeys: createApiKeys({ store, hashKey: () => vault.derive('api-key'), clock, log: silentLog }),
    settings,
    changed,
    ...routingInMemory(store, settings),
    ipFilter: createIpFilter({ keyValues: store.keyValues, rules: () => settings.current().ipFilter, clock }),
    ...caches(store, settings, clock),
    proxies: createProxies({ keyValues: store.keyValues, vault, environment: { except: '' }, log: silentLog }),
    proxyTest: async ({ host }) =>
      host === 'good.example' ? { success: true, publicIp: '1.2.3.4' } : { success: false, error: 'no' },
    budgets: createBudgets({
      ...{ keyValues: store.keyValues, rollups: store.rollups, clock },
      timeZone: () => 'UTC',
      onWarning: () => undefined,
    }),
    tryModel: (model) =>
      Promise.resolve(
        model.includes('bad')
          ? { statusCode: 502, error: 'It does not answer.', latencyMs: 7 }
          : { statusCode: 200, latencyMs: 5 },
      ),
    telemetry: createTelemetry({ clock, usage: store.usage }),
    metrics: { render: () => Promise.resolve({ contentType: 'text/plain', text: 'omniroute_build_info 1\n' }) },
    ...{ sessionsOfClients: () => [], databaseFile: '/nowhere/storage.sqlite' },
    activeRequests: () => [activeRequest('r-1'), activeRequest('r-2')],
    ...{ events: createEventBus(silentLog), clock, log: silentLog, version: '1.2.3' },
  };
}

function activeRequest(id: string): ActiveRequest {
  return {
    id,
    startedAtMs: testClock().nowMs() - 1_500,
    requestedModel: 'best',
    endpoint: '/v1/messages',
    stream: true,
    attempts: 1,
    isAnswering: true,
    provider: 'openai',
    model: 'gpt-5',
    connectionId: 'work',
  };
}

function caches(
  store: Store,
  settings: SettingsService,
  clock: Clock,
): Pick<ManagementServices, 'answerCache' | 'duplicates' | 'signatures' | 'similarQuestions'> {
  const answerCache = createAnswerCache({
    repository: store.cachedAnswers,
    rules: () => settings.current().answerCache,
    ...{ clock, log: silentLog },
  });
  return {
    answerCache,
    duplicates: { size: () => 0 },
    similarQuestions: { count: () => 2, clear: () => undefined },
    signatures: { stats: () => ({ entries: 3, hits: 1, misses: 1 }) },
  };
}

/** The catalog with the user's prices over it. */
function priced(store: Store, id: string): readonly ModelInfo[] {
  const own = readPrices(store.keyValues.entries(PRICING_NAMESPACE)).filter(({ provider }) => provider === id);
  const models = new Map((CATALOG[id] ?? []).map((model) => [model.id, model]));
  for (const { modelId, price } of own) models.set(modelId, { ...models.get(modelId), id: modelId, price });
  return [...models.values()];
}

function routingInMemory(store: Store, settings: SettingsService): Pick<ManagementServices, 'balancer' | 'resilience'> {
  const parts = { keyValues: store.keyValues, clock: testClock(), log: silentLog };
  return {
    balancer: createBalancer({ ...parts, strategyOf: () => 'fill-first', stickyLimit: () => 3 }),
    resilience: createResilience({
      ...parts,
      profileOf: (_provider, kind) => settings.current().providerProfiles[kind],
      limitsOf: () => undefined,
    }),
  };
}

export interface ManagementOptions {
  readonly hasPassword?: boolean;
  /** Default: one in memory. */
  readonly store?: Store;
  readonly dashboardFolder?: string;
}

export async function startManagement(options: ManagementOptions = {}): Promise<ManagementServer> {
  let changes = 0;
  const services = await servicesInMemory(options.hasPassword !== false, options.store ?? memoryStore(), () => {
    changes += 1;
  });
  const { settings, sessions } = services;
  const management = createManagement(services, options.dashboardFolder);
  const server = createServer((request, response) => {
    const decision = decideDoor(doorRequest(request), doorRules(settings.current()));
    if (decision.kind === 'refuse') {
      response.writeHead(decision.error.status).end(JSON.stringify({ error: { code: decision.error.code } }));
    } else {
      void management.handle(request, response).then((isAnswered) => {
        if (!isAnswered) response.writeHead(599).end('{"left":"alone"}');
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call: ManagementServer['call'] = async (method, path, body, headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: text }),
    });
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: asObject(parseJson(answer)) ?? {},
    };
  };
  const cookie = options.hasPassword === false ? '' : (await sessions.signIn(PASSWORD, 'test')).split(';', 1)[0];
  return {
    url,
    services,
    changes: () => changes,
    call,
    own: (method, path, body) => call(method, path, body, { cookie: cookie ?? '' }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
