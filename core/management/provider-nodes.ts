/** Custom endpoints of the user's, under `/api/provider-nodes` (facts.md A.3, C.10). Only here can a base URL be set. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError, toOmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { compact } from '../base/json.ts';
import { checkedBaseUrl } from '../providers/base-url.ts';
import type { NodeRecord } from '../store/records.ts';
import { forgetConnection, forgetProvider } from './forget.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { doneShape, idShape, isoTime, nameShape, timeShape } from './shapes.ts';

const type = z.enum(['openai-compatible', 'anthropic-compatible', 'gemini-compatible']);
const apiType = z.enum(['chat', 'responses']);
const prefix = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'may hold letters, digits, dots, dashes and underscores');
const baseUrl = z
  .string()
  .trim()
  .max(2_000)
  .transform((url, context) => {
    try {
      return checkedBaseUrl(url, 'The URL');
    } catch (error) {
      context.addIssue({ code: 'custom', message: toOmniError(error).message.replace(/^The URL /, '') });
      return z.NEVER;
    }
  });
const node = z.object({
  id: z.string(),
  type,
  name: z.string(),
  prefix: z.string(),
  apiType: apiType.optional(),
  baseUrl: z.string(),
  createdAt: timeShape,
  updatedAt: timeShape,
});
const oneNode = z.object({ node });

export const providerNodesContract = {
  list: oc
    .route({ method: 'GET', path: '/provider-nodes', summary: 'All custom endpoints' })
    .output(z.object({ nodes: z.array(node) })),
  create: oc
    .route({ method: 'POST', path: '/provider-nodes', successStatus: 201, summary: 'Add a custom endpoint' })
    .input(z.strictObject({ name: nameShape, prefix, type, apiType: apiType.optional(), baseUrl }))
    .output(oneNode),
  get: oc
    .route({ method: 'GET', path: '/provider-nodes/{id}', summary: 'One custom endpoint' })
    .input(idShape)
    .output(oneNode),
  update: oc
    .route({ method: 'PUT', path: '/provider-nodes/{id}', summary: 'Change a custom endpoint' })
    .input(z.strictObject({ name: nameShape, prefix, type, apiType, baseUrl }).partial().extend(idShape.shape))
    .output(oneNode),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/provider-nodes/{id}',
      summary: 'Remove a custom endpoint, its connections and models',
    })
    .input(idShape)
    .output(doneShape),
};

export const providerNodesHandlers = ({ providerNodes }: Handlers) => ({
  list: providerNodes.list.handler(({ context: { services } }) => ({ nodes: services.store.nodes.list().map(toNode) })),
  create: providerNodes.create.handler(({ input, context: { services } }) => {
    checkApiType(input.type, input.apiType);
    checkPrefix(services, input.prefix);
    const nowMs = services.clock.nowMs();
    const spoken = input.type === 'openai-compatible' ? (input.apiType ?? 'chat') : undefined;
    const record: NodeRecord = {
      id: `${input.type}-${spoken === undefined ? '' : `${spoken}-`}${randomId()}`,
      type: input.type,
      name: input.name,
      prefix: input.prefix,
      baseUrl: input.baseUrl,
      ...(spoken !== undefined && { apiType: spoken }),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    services.store.nodes.insert(record);
    services.changed();
    return { node: toNode(record) };
  }),
  get: providerNodes.get.handler(({ input, context: { services } }) => ({ node: toNode(known(services, input.id)) })),
  update: providerNodes.update.handler(({ input, context: { services } }) => {
    const before = known(services, input.id);
    if (input.type !== undefined && input.type !== before.type) {
      throw new OmniError('invalid_request', 'The type of an endpoint cannot change. Add a new one.', { path: 'type' });
    }
    checkApiType(before.type, input.apiType);
    if (input.prefix !== undefined) checkPrefix(services, input.prefix, input.id);
    const { name, prefix: newPrefix, apiType: newApiType, baseUrl: newBaseUrl } = input;
    const change = compact({ name, prefix: newPrefix, apiType: newApiType, baseUrl: newBaseUrl });
    const record = services.store.nodes.update(input.id, { ...change, updatedAtMs: services.clock.nowMs() });
    services.changed();
    return { node: toNode(record) };
  }),
  remove: providerNodes.remove.handler(({ input, context: { services } }) => {
    const { store, accounts } = services;
    const { name } = known(services, input.id);
    const own = accounts.list().filter(({ provider }) => provider === input.id);
    store.transaction(() => {
      for (const { id } of own) accounts.remove(id);
      for (const { modelId } of store.customModels.list(input.id)) store.customModels.remove(input.id, modelId);
      store.nodes.remove(input.id);
    });
    for (const { id } of own) forgetConnection(services, id);
    forgetProvider(services, input.id);
    services.changed();
    return { message: `The endpoint "${name}" was removed.` };
  }),
});

function checkApiType(of: NodeRecord['type'], asked: string | undefined): void {
  if (asked === undefined || of === 'openai-compatible') return;
  throw new OmniError('invalid_request', 'apiType is for openai-compatible endpoints only.', { path: 'apiType' });
}

/** A prefix stands before every model name, so it must lead to one place. */
function checkPrefix(services: ManagementServices, asked: string, ownId?: string): void {
  const wanted = asked.toLowerCase();
  const other = services.store.nodes
    .list()
    .find(({ id, prefix: used }) => id !== ownId && used.toLowerCase() === wanted);
  const row = [...services.providers().values()].find(
    ({ custom, id, alias }) => custom !== true && (id.toLowerCase() === wanted || alias.toLowerCase() === wanted),
  );
  const holder = other?.name ?? row?.name;
  if (holder === undefined) return;
  throw new OmniError('invalid_request', `The prefix "${asked}" belongs to ${holder} already.`, { path: 'prefix' });
}

function known(services: ManagementServices, id: string): NodeRecord {
  const found = services.store.nodes.get(id);
  if (found === undefined) throw new OmniError('not_found', `There is no custom endpoint "${id}".`);
  return found;
}

function toNode({ createdAtMs, updatedAtMs, ...rest }: NodeRecord): z.output<typeof node> {
  return { ...rest, createdAt: isoTime(createdAtMs), updatedAt: isoTime(updatedAtMs) };
}
