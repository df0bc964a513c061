/**
 * What helps somebody else to find a fault, under `/api/diagnostics`: versions, settings, health, counts, the last errors.
 * Made by naming what goes out, never by taking out what must not: no names of accounts or keys, no addresses, no prompts.
 * Words of upstreams are the only free text, and lose every stored key and whatever else looks like a credential.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Account } from '../accounts/accounts.ts';
import { asObject, compact, type JsonObject, type JsonValue } from '../base/json.ts';
import { redacted, scrubbed } from '../base/scrub.ts';
import type { SettingName } from '../policy/settings.ts';
import type { UsageRecord } from '../store/records.ts';
import type { Handlers } from './implementer.ts';
import { healthOf, healthShape } from './monitoring.ts';
import { cooldownsOf } from './resilience.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

const ERRORS_MAX = 50;
const MESSAGE_LENGTH = 300;
const WORD_LENGTH = 120;
const failure = z.object({
  at: timeShape,
  provider: z.string(),
  model: z.string(),
  endpoint: z.string(),
  status: z.number(),
  outcome: z.string(),
  attempts: z.number(),
  durationMs: z.number(),
  code: z.string().optional(),
  message: z.string().optional().describe('Without keys, tokens and mail addresses'),
});
const count = z.number();
const report = z.object({
  made: timeShape,
  system: healthShape.shape.system,
  status: healthShape.shape.status,
  vault: z.string().describe('open, or why stored secrets are out of reach'),
  settings: z.record(z.string(), z.json()).describe('Texts and lists of the user’s by their size only'),
  pinned: z.array(z.string()).describe('Settings that the environment decides'),
  providers: z.record(z.string(), healthShape.shape.providerHealth.valueType.extend({ accounts: count })),
  resting: z.array(z.object({ provider: z.string(), reason: z.string(), until: timeShape })),
  counts: z.object({
    accounts: count,
    activeAccounts: count,
    customEndpoints: count,
    combos: count,
    apiKeys: count,
    requests: count,
    failures: count,
    databaseBytes: count,
  }),
  errors: z.array(failure).describe(`The newest failures, at most ${ERRORS_MAX}`),
});

export const diagnosticsContract = {
  export: oc
    .route({ method: 'GET', path: '/diagnostics', summary: 'What helps to find a fault, without secrets' })
    .output(report),
};

export const diagnosticsHandlers = ({ diagnostics }: Handlers) => ({
  export: diagnostics.export.handler(async ({ context: { services } }) => {
    await services.store.usage.prepareHistory();
    return reportOf(services);
  }),
});

function reportOf(services: ManagementServices): z.output<typeof report> {
  const { store, vault, settings, clock } = services;
  const { system, status, providerHealth } = healthOf(services);
  const accounts = services.accounts.list();
  const { totals } = store.usage.history(clock.nowMs());
  const clean = cleaner(vault.state().is === 'open' ? services.accounts.open() : []);
  const accountsOf = (id: string): number => accounts.filter(({ provider }) => provider === id).length;
  const ids = new Set([...Object.keys(providerHealth), ...accounts.map(({ provider }) => provider)]);
  return {
    made: isoTime(clock.nowMs()),
    ...{ system, status, vault: vault.state().is },
    settings: outlineOf(settings.current()),
    pinned: [...settings.pinned()],
    providers: Object.fromEntries(
      [...ids].map((id) => [clean(id), { ...UNUSED, ...providerHealth[id], accounts: accountsOf(id) }]),
    ),
    resting: cooldownsOf(services).map(({ provider, reason, until }) => ({ provider: clean(provider), reason, until })),
    counts: {
      accounts: accounts.length,
      activeAccounts: accounts.filter(({ isActive }) => isActive).length,
      customEndpoints: store.nodes.list().length,
      combos: store.combos.list().length,
      apiKeys: store.apiKeys.list().length,
      ...{ requests: totals.requests, failures: totals.failures, databaseBytes: store.sizeBytes() },
    },
    errors: store.usage.list({ status: 'error', limit: ERRORS_MAX }).records.map((record) => failureOf(record, clean)),
  };
}

/** A provider with accounts that nobody has asked yet. */
const UNUSED: z.output<typeof healthShape>['providerHealth'][string] = {
  ...{ state: 'CLOSED' as const, failures: 0, lastFailure: null, requestsLastHour: 0, failuresLastHour: 0 },
  ...{ p50: 0, p95: 0, p99: 0 },
};

const MAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g;

/** Takes out the stored keys, what looks like a credential, and mail addresses; then cuts. */
function cleaner(accounts: readonly Account[]): (text: string, length?: number) => string {
  return (text, length = WORD_LENGTH) => {
    const withoutKeys = accounts.reduce((out, { key }) => scrubbed(out, key), text);
    return redacted(withoutKeys).replaceAll(MAIL, '[mail]').slice(0, length);
  };
}

function failureOf(record: UsageRecord, clean: ReturnType<typeof cleaner>): z.output<typeof failure> {
  const { startedAtMs, provider, model, requestedModel, errorCode, errorMessage, ...rest } = record;
  const { endpoint, status, outcome, attempts, durationMs } = rest;
  return {
    at: isoTime(startedAtMs),
    ...{ endpoint, status, outcome, attempts, durationMs },
    ...{ provider: clean(provider), model: clean(model === '' ? requestedModel : model) },
    ...compact({
      code: errorCode,
      message: errorMessage === undefined ? undefined : clean(errorMessage, MESSAGE_LENGTH),
    }),
  };
}

/** Settings whose text is a word of ours. */
const WORDS = new Set(['fallbackStrategy', 'mode', 'effortLevel', 'theme', 'timeZone']);
/** Settings whose members the user named. */
const NAMED: ReadonlySet<string> = new Set<SettingName>([
  ...(['providerStrategies', 'providerOverrides', 'fallbackChains', 'providerResilience'] as const),
  ...(['providerTimeouts', 'rateLimits'] as const),
]);

/** Numbers and switches as they are; of texts, lists and what the user named only how much there is. */
function outlineOf(settings: object): JsonObject {
  const outline = (name: string, value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return `${value.length} entries`;
    if (typeof value === 'string') return WORDS.has(name) ? value : `${value.length} characters`;
    const members = asObject(value);
    if (members === undefined) return value;
    return NAMED.has(name) ? `${Object.keys(members).length} entries` : outlineOf(members);
  };
  return Object.fromEntries(
    Object.entries(settings as JsonObject).map(([name, value]) => [name, outline(name, value ?? null)]),
  );
}
