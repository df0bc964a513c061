/** Logins that the vendors' tools keep on this machine: shown first, taken over at a person's word. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { ImportView } from '../accounts/logins/imports.ts';
import type { Handlers } from './implementer.ts';
import { loginConnection, toLoginConnection } from './oauth.ts';
import { isoTime, timeShape } from './shapes.ts';

const found = z.object({
  id: z.string(),
  provider: z.string(),
  providerName: z.string(),
  tool: z.string(),
  path: z.string(),
  account: z.string().optional(),
  plan: z.string().optional(),
  expiresAt: timeShape.optional(),
  warning: z.string().optional(),
  follow: z
    .enum(['may', 'must', 'no'])
    .describe('Whether the account may follow the file instead of renewing the login'),
  problem: z.string().optional().describe('Why it cannot be taken over'),
});

export const oauthImportsContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/oauth/imports',
      summary: 'Logins of the vendors\u2019 tools on this machine; takes nothing',
    })
    .output(z.object({ logins: z.array(found) })),
  take: oc
    .route({
      method: 'POST',
      path: '/oauth/imports',
      successStatus: 201,
      summary: 'Take a login over, once its provider accepts it',
    })
    .input(z.strictObject({ id: z.string().min(1).max(100), follow: z.boolean().default(false) }))
    .output(z.object({ connection: loginConnection })),
};

export const oauthImportsHandlers = ({ oauthImports }: Handlers) => ({
  list: oauthImports.list.handler(async ({ context: { services } }) => ({
    logins: (await services.imports.list()).map(toFound),
  })),
  take: oauthImports.take.handler(async ({ input, context: { services } }) => ({
    connection: toLoginConnection(await services.imports.take(input.id, { follow: input.follow })),
  })),
});

function toFound({ expiresAtMs, ...view }: ImportView): z.output<typeof found> {
  return { ...view, ...(expiresAtMs !== undefined && { expiresAt: isoTime(expiresAtMs) }) };
}
