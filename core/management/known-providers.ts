/** What can be connected, under `/api/known-providers`: every provider row and custom node, without its models. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { compact } from '../base/json.ts';
import type { Provider } from '../providers/provider.ts';
import type { Handlers } from './implementer.ts';

const knownProvider = z.object({
  id: z.string(),
  alias: z.string().describe('The prefix of its models'),
  name: z.string(),
  tier: z.enum(['subscription', 'api-key', 'cheap', 'free', 'audio', 'local', 'own']),
  takesKey: z.boolean().describe('An API key can be added'),
  needsKey: z.boolean().describe('It does not answer without a key or a login'),
  hasLogin: z.boolean().describe('A person signs in, under its vendor’s terms'),
  custom: z.boolean().describe('A custom endpoint of the user’s'),
  formats: z.array(z.string()),
  baseUrl: z.string(),
  models: z.number().describe('How many are known'),
  keyUrl: z.string().optional().describe('Where a person gets a key'),
  note: z.string().optional(),
  terms: z.object({ sentence: z.string(), url: z.string() }).optional(),
  ownClient: z
    .string()
    .optional()
    .describe('Its vendor’s own client, as which others can be sent: sendsClientIdentity'),
});

export const knownProvidersContract = {
  list: oc
    .route({ method: 'GET', path: '/known-providers', summary: 'Providers and custom endpoints that can be connected' })
    .output(z.object({ providers: z.array(knownProvider) })),
};

export const knownProvidersHandlers = ({ knownProviders }: Handlers) => ({
  list: knownProviders.list.handler(({ context: { services } }) => ({
    providers: [...services.providers().values()].map((row) => toKnown(row, services.catalog.list(row.id).length)),
  })),
});

function toKnown(row: Provider, models: number): z.output<typeof knownProvider> {
  const { id, alias, name, tier, endpoints, hosts, keyUrl, note, terms, ownClient } = row;
  const hasLogin = terms !== undefined;
  return {
    ...{ id, alias, name, tier, hasLogin, models },
    takesKey: !hasLogin || endpoints.some(({ keyAuth }) => keyAuth !== undefined),
    needsKey: row.key === 'required',
    custom: row.custom ?? false,
    formats: [...new Set(endpoints.map(({ format }) => format))],
    baseUrl: hosts.api,
    ...compact({ keyUrl, note, terms, ownClient: ownClient?.identity && ownClient.name }),
  };
}
