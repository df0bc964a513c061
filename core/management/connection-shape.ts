/** A connection as the dashboard and scripts see it: without its secrets, with the limits that hold for it alone. */
import { z } from 'zod';
import type { AccountView } from '../accounts/accounts.ts';
import { SETTINGS_SHAPE } from '../policy/settings.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

/** Members that differ from the defaults. */
export const limitShape = SETTINGS_SHAPE.rateLimitDefaults.partial();
export const connectionShape = z.object({
  id: z.string(),
  provider: z.string(),
  authType: z.enum(['apikey', 'oauth']),
  name: z.string(),
  email: z.string().optional(),
  displayName: z.string().optional(),
  plan: z.string().optional().describe('Of an account that was signed in to, as its provider tells it'),
  projectId: z.string().optional(),
  workspace: z.string().optional(),
  region: z.string().optional(),
  sendsClientIdentity: z
    .boolean()
    .optional()
    .describe("Other clients are sent as the vendor's own, for the person turned that on after the notice on terms"),
  expiresAt: timeShape.optional().describe('Of its token of the moment, which is refreshed by itself'),
  priority: z.number(),
  isActive: z.boolean(),
  hasApiKey: z.boolean(),
  defaultModel: z.string().optional(),
  rateLimitProtection: z.boolean(),
  rateLimits: limitShape.optional(),
  testStatus: z.string(),
  lastError: z.string().optional(),
  lastErrorAt: timeShape.optional(),
  lastTested: timeShape.optional(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

export function toConnection(view: AccountView, { settings }: ManagementServices): z.output<typeof connectionShape> {
  const rateLimits = settings.current().rateLimits[view.id];
  const { createdAtMs, updatedAtMs, lastErrorAtMs, lastTestedAtMs, login, ...rest } = view;
  const { expiresAtMs, ...facts } = login ?? {};
  return {
    ...{ ...rest, ...facts },
    ...(expiresAtMs !== undefined && { expiresAt: isoTime(expiresAtMs) }),
    rateLimitProtection: rateLimits !== undefined,
    ...(rateLimits && { rateLimits }),
    ...(lastErrorAtMs !== undefined && { lastErrorAt: isoTime(lastErrorAtMs) }),
    ...(lastTestedAtMs !== undefined && { lastTested: isoTime(lastTestedAtMs) }),
    createdAt: isoTime(createdAtMs),
    updatedAt: isoTime(updatedAtMs),
  };
}
