/** Who changed what, under `/api/compliance/audit-log` (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { compact } from '../base/json.ts';
import type { Handlers } from './implementer.ts';
import { isoTime, timeShape } from './shapes.ts';

const entry = z.object({
  id: z.number(),
  timestamp: timeShape,
  actor: z.string().describe('owner, visitor, or "key" and the name of an API key'),
  action: z.string().describe('keys.create, providers.remove, settings.patch, auth.login.failed and the like'),
  target: z.string().optional().describe('The id or name that the call was about'),
  ip: z.string().optional().describe('Absent for the app itself'),
  details: z.string().optional().describe('Names of the members that were sent, never their values'),
});

export const auditLogContract = {
  list: oc
    .route({ method: 'GET', path: '/compliance/audit-log', summary: 'Changes and sign-ins, newest first' })
    .input(
      z.object({
        action: z.string().max(200).optional(),
        actor: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(500).optional(),
        offset: z.coerce.number().int().min(0).max(10_000).optional(),
      }),
    )
    .output(z.object({ entries: z.array(entry), total: z.number() })),
};

export const auditLogHandlers = ({ auditLog }: Handlers) => ({
  list: auditLog.list.handler(({ input, context: { services } }) => {
    const { limit = 50, offset = 0, ...filter } = input;
    const { records, total } = services.store.audit.list({ ...compact(filter), limit, offset });
    return { total, entries: records.map(({ atMs, ...rest }) => ({ timestamp: isoTime(atMs), ...rest })) };
  }),
});
