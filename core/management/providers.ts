/** Connections: the user's accounts with providers and nodes, under `/api/providers` (facts.md C.10). Keys go in, never out. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { AccountView, TestResult } from '../accounts/accounts.ts';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { Secret } from '../base/secret.ts';
import type { Provider } from '../providers/provider.ts';
import { connectionShape, limitShape, toConnection } from './connection-shape.ts';
import { forgetConnection } from './forget.ts';
import type { Handlers } from './implementer.ts';
import { limitConnection } from './resilience.ts';
import type { ManagementServices } from './services.ts';
import { doneShape, idShape, isoTime, nameShape, secretShape, timeShape } from './shapes.ts';

const oneConnection = z.object({ connection: connectionShape });
const testOutcome = z.object({
  valid: z.boolean(),
  error: z.string().nullable(),
  statusCode: z.number().optional(),
  latencyMs: z.number(),
});
const provider = z.string().trim().min(1, 'must not be empty').max(200);
const priority = z.int().min(1).max(10_000);
const defaultModel = z.string().trim().min(1).max(300);
/** Members that tools made for the original send; nothing here reads them. */
const unread = {
  globalPriority: z.unknown(),
  testStatus: z.unknown(),
  healthCheckInterval: z.unknown(),
};
/** Limits of this account alone: `rateLimitProtection` switches them, `rateLimits` are members that differ from the defaults. */
const limitFields = { rateLimitProtection: z.boolean().optional(), rateLimits: limitShape.optional() };
const batchMode = z.enum(['provider', 'oauth', 'free', 'apikey', 'compatible', 'all']);

export const providersContract = {
  list: oc
    .route({ method: 'GET', path: '/providers', summary: 'All connections' })
    .output(z.object({ connections: z.array(connectionShape) })),
  create: oc
    .route({ method: 'POST', path: '/providers', successStatus: 201, summary: 'Add a key for a provider or node' })
    .input(
      z
        .strictObject({
          provider,
          name: nameShape,
          apiKey: secretShape.optional(),
          priority: priority.optional(),
          defaultModel: defaultModel.nullish(),
          ...limitFields,
          ...unread,
        })
        .partial({ globalPriority: true, testStatus: true, healthCheckInterval: true }),
    )
    .output(oneConnection),
  get: oc
    .route({ method: 'GET', path: '/providers/{id}', summary: 'One connection' })
    .input(idShape)
    .output(oneConnection),
  update: oc
    .route({ method: 'PUT', path: '/providers/{id}', summary: 'Change a connection' })
    .input(
      z
        .strictObject({
          name: nameShape,
          priority,
          isActive: z.boolean(),
          apiKey: secretShape,
          defaultModel: defaultModel.nullable(),
          sendsClientIdentity: z.boolean(),
          ...limitFields,
          ...unread,
        })
        .partial()
        .extend(idShape.shape),
    )
    .output(oneConnection),
  remove: oc
    .route({ method: 'DELETE', path: '/providers/{id}', summary: 'Remove a connection and its key' })
    .input(idShape)
    .output(doneShape),
  test: oc
    .route({ method: 'POST', path: '/providers/{id}/test', summary: 'Ask the provider whether the key works' })
    .input(idShape)
    .output(testOutcome),
  models: oc
    .route({
      method: 'GET',
      path: '/providers/{id}/models',
      summary: 'The models the provider lists for this connection',
    })
    .input(idShape)
    .output(
      z.object({
        provider: z.string(),
        connectionId: z.string(),
        models: z.array(z.object({ id: z.string(), name: z.string() })),
      }),
    ),
  validate: oc
    .route({ method: 'POST', path: '/providers/validate', summary: 'Try a key without keeping it' })
    .input(z.strictObject({ provider, apiKey: secretShape.optional() }))
    .output(testOutcome),
  testBatch: oc
    .route({ method: 'POST', path: '/providers/test-batch', summary: 'Test several connections' })
    .input(z.strictObject({ mode: batchMode, providerId: provider.optional() }))
    .output(
      z.object({
        mode: batchMode,
        results: z.array(testOutcome.extend({ connectionId: z.string(), provider: z.string(), name: z.string() })),
        testedAt: timeShape,
        summary: z.object({ total: z.number(), passed: z.number(), failed: z.number() }),
      }),
    ),
};

export const providersHandlers = ({ providers }: Handlers) => ({
  list: providers.list.handler(({ context: { services } }) => ({
    connections: services.accounts.list().map((view) => toConnection(view, services)),
  })),
  create: providers.create.handler(({ input, context: { services } }) => {
    const { id } = knownProvider(services, input.provider);
    const created = services.accounts.create({
      provider: id,
      name: input.name,
      ...compact({
        apiKey: secretOf(input.apiKey),
        priority: input.priority,
        defaultModel: input.defaultModel ?? undefined,
      }),
    });
    limit(services, created.id, input);
    services.changed();
    return { connection: toConnection(created, services) };
  }),
  get: providers.get.handler(({ input, context: { services } }) => ({
    connection: toConnection(known(services, input.id), services),
  })),
  update: providers.update.handler(({ input, context: { services } }) => {
    known(services, input.id);
    const { name, priority, isActive, defaultModel, apiKey, sendsClientIdentity } = input;
    const change = compact({ name, priority, isActive, defaultModel, sendsClientIdentity, apiKey: secretOf(apiKey) });
    const updated = services.accounts.update(input.id, change);
    limit(services, input.id, input);
    services.changed();
    return { connection: toConnection(updated, services) };
  }),
  remove: providers.remove.handler(({ input, context: { services } }) => {
    const { name } = known(services, input.id);
    services.accounts.remove(input.id);
    forgetConnection(services, input.id);
    services.changed();
    return { message: `The connection "${name}" was removed.` };
  }),
  test: providers.test.handler(async ({ input, context: { services } }) => {
    known(services, input.id);
    return toOutcome(await services.accounts.test(input.id));
  }),
  models: providers.models.handler(async ({ input, context: { services } }) => {
    const { provider: providerId } = known(services, input.id);
    const ids = await services.accounts.fetchModels(input.id);
    const names = new Map(services.catalog.list(providerId).map((model) => [model.id, model.name]));
    return {
      provider: providerId,
      connectionId: input.id,
      models: ids.map((id) => ({ id, name: names.get(id) ?? id })),
    };
  }),
  validate: providers.validate.handler(async ({ input, context: { services } }) => {
    const { id } = knownProvider(services, input.provider);
    return toOutcome(await services.accounts.validate(id, secretOf(input.apiKey)));
  }),
  testBatch: providers.testBatch.handler(async ({ input, context: { services } }) => {
    if (input.mode === 'provider' && input.providerId === undefined) {
      throw new OmniError('invalid_request', 'providerId says which provider to test.', { path: 'providerId' });
    }
    const results = await testAll(services, chosen(services, input));
    const passed = results.filter(({ valid }) => valid).length;
    return {
      mode: input.mode,
      results,
      testedAt: isoTime(services.clock.nowMs()),
      summary: { total: results.length, passed, failed: results.length - passed },
    };
  }),
});

/** A provider row or node by id or alias. Throws `invalid_request`. */
export function knownProvider(services: ManagementServices, asked: string): Provider {
  const all = services.providers();
  const found = all.get(asked) ?? [...all.values()].find(({ alias }) => alias === asked);
  if (found !== undefined) return found;
  throw new OmniError('invalid_request', `No provider or custom endpoint "${asked}" is known.`, { path: 'provider' });
}

function known(services: ManagementServices, id: string): AccountView {
  const found = services.accounts.get(id);
  if (found === undefined) throw new OmniError('not_found', `There is no connection "${id}".`);
  return found;
}

function chosen(
  services: ManagementServices,
  { mode, providerId }: { mode: z.output<typeof batchMode>; providerId?: string | undefined },
): readonly AccountView[] {
  const wanted = providerId === undefined ? undefined : knownProvider(services, providerId).id;
  const providers = services.providers();
  return services.accounts.list().filter((account) => {
    if (wanted !== undefined && account.provider !== wanted) return false;
    const row = providers.get(account.provider);
    if (mode === 'oauth' || mode === 'apikey') return account.authType === mode;
    if (mode === 'free') return row?.tier === 'free';
    return mode === 'compatible' ? row?.custom === true : true;
  });
}

const TESTS_AT_ONCE = 5;

async function testAll(services: ManagementServices, accounts: readonly AccountView[]) {
  const results: (ReturnType<typeof toOutcome> & { connectionId: string; provider: string; name: string })[] = [];
  for (let start = 0; start < accounts.length; start += TESTS_AT_ONCE) {
    const batch = accounts.slice(start, start + TESTS_AT_ONCE).map(async ({ id, provider: of, name }) => ({
      connectionId: id,
      provider: of,
      name,
      ...toOutcome(await services.accounts.test(id)),
    }));
    results.push(...(await Promise.all(batch)));
  }
  return results;
}

function toOutcome({ valid, error, statusCode, latencyMs }: TestResult) {
  return { valid, error: error ?? null, latencyMs, ...(statusCode !== undefined && { statusCode }) };
}

/** Limits given without the switch switch them on. */
function limit(
  services: ManagementServices,
  id: string,
  { rateLimitProtection, rateLimits }: z.output<z.ZodObject<typeof limitFields>>,
): void {
  if (rateLimitProtection === undefined && rateLimits === undefined) return;
  limitConnection(services, id, rateLimitProtection ?? true, rateLimits);
}

function secretOf(value: string | undefined): Secret | undefined {
  return value === undefined ? undefined : new Secret(value);
}
