/** API keys for clients, under `/api/keys`. The key itself is in the answer that creates it and nowhere else. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { ApiKeyView } from '../policy/api-keys.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { doneShape, idShape, isoTime, modelShape, nameShape, timeShape } from './shapes.ts';

const scopes = z
  .array(z.enum(['inference', 'management']))
  .min(1, 'must name at least one scope')
  .transform((all) => [...new Set(all)]);
const allowedModels = z.array(modelShape).max(1_000);
const key = z.object({
  id: z.string(),
  name: z.string(),
  hint: z.string().describe('The last four characters'),
  scopes: z.array(z.string()),
  allowedModels: z.array(z.string()),
  isActive: z.boolean(),
  noLog: z.boolean().describe('Bodies of its requests are never kept'),
  createdAt: timeShape,
  lastUsedAt: timeShape.optional(),
});

export const keysContract = {
  list: oc
    .route({ method: 'GET', path: '/keys', summary: 'All API keys, without the keys themselves' })
    .output(z.object({ keys: z.array(key) })),
  create: oc
    .route({ method: 'POST', path: '/keys', successStatus: 201, summary: 'Create an API key; it is shown this once' })
    .input(
      z.strictObject({
        name: nameShape,
        scopes: scopes.optional(),
        allowedModels: allowedModels.optional(),
        noLog: z.boolean().optional(),
      }),
    )
    .output(key.extend({ key: z.string() })),
  get: oc.route({ method: 'GET', path: '/keys/{id}', summary: 'One API key' }).input(idShape).output(z.object({ key })),
  update: oc
    .route({ method: 'PATCH', path: '/keys/{id}', summary: 'Change what a key may do, or switch it off' })
    .input(
      z
        .strictObject({ name: nameShape, scopes, allowedModels, isActive: z.boolean(), noLog: z.boolean() })
        .partial()
        .extend(idShape.shape),
    )
    .output(z.object({ key })),
  remove: oc
    .route({ method: 'DELETE', path: '/keys/{id}', summary: 'Revoke a key for good' })
    .input(idShape)
    .output(doneShape),
};

export const keysHandlers = ({ keys }: Handlers) => ({
  list: keys.list.handler(({ context: { services } }) => ({ keys: services.apiKeys.list().map(toKey) })),
  create: keys.create.handler(({ input, context: { services } }) => {
    const { name, ...rest } = input;
    const created = services.apiKeys.create({ name, ...compact(rest) });
    services.changed();
    return { ...toKey(created.view), key: created.key.reveal() };
  }),
  get: keys.get.handler(({ input, context: { services } }) => ({ key: toKey(known(services, input.id)) })),
  update: keys.update.handler(({ input: { id, ...change }, context: { services } }) => {
    known(services, id);
    const view = services.apiKeys.update(id, compact(change));
    services.changed();
    return { key: toKey(view) };
  }),
  remove: keys.remove.handler(({ input, context: { services } }) => {
    const { name } = known(services, input.id);
    services.apiKeys.remove(input.id);
    services.changed();
    return { message: `The key "${name}" was revoked.` };
  }),
});

function known(services: ManagementServices, id: string): ApiKeyView {
  const found = services.apiKeys.get(id);
  if (found === undefined) throw new OmniError('not_found', `There is no API key "${id}".`);
  return found;
}

function toKey({
  createdAtMs,
  lastUsedAtMs,
  scopes: held,
  allowedModels: allowed,
  noLog = false,
  ...rest
}: ApiKeyView): z.output<typeof key> {
  return {
    ...rest,
    noLog,
    scopes: [...held],
    allowedModels: [...allowed],
    createdAt: isoTime(createdAtMs),
    ...(lastUsedAtMs !== undefined && { lastUsedAt: isoTime(lastUsedAtMs) }),
  };
}
