/** Network proxies, under `/api/settings/proxy`; both bodies of facts.md C.10 are taken. A password never comes out again. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { type NetworkProxy, PROXY_LEVELS, type ProxyLevel } from '../policy/proxies.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';

const level = z.enum(PROXY_LEVELS);
const proxy = z.strictObject({
  type: z.enum(['http', 'https', 'socks5']),
  host: z
    .string()
    .trim()
    .regex(/^[a-z0-9._:-]+$/i, 'must be a host name or an address')
    .max(253),
  port: z.coerce.number().int().min(1).max(65_535),
  username: z.string().max(255).optional(),
  password: z.string().max(255).optional(),
});
const shown = z.object({
  type: z.enum(['http', 'https', 'socks5']),
  host: z.string(),
  port: z.number(),
  username: z.string().optional(),
  hasPassword: z.boolean(),
});
const byId = z.record(z.string(), shown);
const everything = z.object({ global: shown.nullable(), providers: byId, combos: byId, keys: byId });
const maybe = proxy.nullable();
const many = z
  .strictObject({
    global: maybe,
    providers: z.record(z.string(), maybe),
    combos: z.record(z.string(), maybe),
    keys: z.record(z.string(), maybe),
  })
  .partial();
const one = z.strictObject({ level, id: z.string().max(200).optional(), proxy: maybe });
const which = z.object({ level: level.optional(), id: z.string().optional(), resolve: z.string().optional() });
const resolved = z.object({ level: z.string().nullable(), proxy: shown.nullable() });
const tested = z.object({
  success: z.boolean(),
  publicIp: z.string().optional(),
  latencyMs: z.number().optional(),
  proxyUrl: z.string().optional(),
  error: z.string().optional(),
});

export const proxyContract = {
  get: oc
    .route({ method: 'GET', path: '/settings/proxy', summary: 'Proxies; of one level, or in force for a connection' })
    .input(which)
    .output(z.union([everything, resolved])),
  put: oc
    .route({ method: 'PUT', path: '/settings/proxy', summary: 'Set proxies; null takes one away' })
    .input(z.union([one, many], 'must be {level, id, proxy} or {global, providers, combos, keys}'))
    .output(everything),
  remove: oc
    .route({ method: 'DELETE', path: '/settings/proxy', inputStructure: 'detailed', summary: 'Take a proxy away' })
    .input(z.object({ query: z.object({ level, id: z.string().optional() }) }))
    .output(everything),
  test: oc
    .route({ method: 'POST', path: '/settings/proxy/test', summary: 'Ask through a proxy which address is seen' })
    .input(z.strictObject({ proxy }))
    .output(tested),
};

export const proxyHandlers = ({ proxy: proxyRoutes }: Handlers) => ({
  get: proxyRoutes.get.handler(({ input, context: { services } }) => {
    if (input.resolve !== undefined) return inForce(input.resolve, services);
    if (input.level === undefined) return all(services);
    const found = services.proxies.get(input.level, input.id);
    return { level: found === undefined ? null : input.level, proxy: found === undefined ? null : show(found) };
  }),
  put: proxyRoutes.put.handler(({ input, context: { services } }) => {
    if ('level' in input) store(services, [input.level, input.id], input.proxy);
    else {
      if (input.global !== undefined) store(services, ['global', ''], input.global);
      const groups = [
        ['provider', input.providers],
        ['combo', input.combos],
        ['key', input.keys],
      ] as const;
      for (const [at, group] of groups)
        for (const [id, value] of Object.entries(group ?? {})) store(services, [at, id], value);
    }
    return all(services);
  }),
  remove: proxyRoutes.remove.handler(({ input: { query }, context: { services } }) => {
    store(services, [query.level, query.id], null);
    return all(services);
  }),
  test: proxyRoutes.test.handler(({ input, context: { services } }) => {
    const stored = services.proxies.list().find((entry) => isSamePlace(entry.proxy, input.proxy));
    return services.proxyTest(toProxy(input.proxy, stored?.proxy));
  }),
});

type Given = z.output<typeof proxy>;

function store(
  { proxies }: ManagementServices,
  [at, id = '']: readonly [ProxyLevel, string | undefined],
  given: Given | null,
): void {
  if (at !== 'global' && id === '')
    throw new OmniError('invalid_request', 'id is missing: it says which one the proxy is for.', { path: 'id' });
  const place = at === 'global' ? '' : id;
  if (given === null) proxies.remove(at, place);
  else proxies.set(at, place, toProxy(given, proxies.get(at, place)));
}

/** Without a password the one that is stored stays, as long as it is the same user at the same host. */
function toProxy({ password, username, ...place }: Given, before: NetworkProxy | undefined): NetworkProxy {
  const isSame = before !== undefined && isSamePlace(before, { ...place, username });
  const kept = password === undefined && isSame ? before.password : undefined;
  const secret = password === undefined || password === '' ? kept : new Secret(password);
  return { ...place, ...(username && { username }), ...(secret && { password: secret }) };
}

/** The same user at the same host: only there a stored password may go. */
function isSamePlace({ type, host, port, username }: NetworkProxy, given: Omit<Given, 'password'>): boolean {
  return type === given.type && host === given.host && port === given.port && username === given.username;
}

function all({ proxies }: ManagementServices): z.output<typeof everything> {
  const list = proxies.list();
  const group = (at: ProxyLevel): Record<string, z.output<typeof shown>> =>
    Object.fromEntries(list.flatMap((entry) => (entry.level === at ? [[entry.id, show(entry.proxy)]] : [])));
  return {
    global: group('global')[''] ?? null,
    providers: group('provider'),
    combos: group('combo'),
    keys: group('key'),
  };
}

function inForce(connectionId: string, services: ManagementServices): z.output<typeof resolved> {
  const account = services.accounts.get(connectionId);
  if (account === undefined) throw new OmniError('not_found', `There is no connection with the id "${connectionId}".`);
  const provider = services.providers().get(account.provider);
  const origin = provider?.hosts.api ?? 'https://localhost';
  const found = services.proxies.proxyFor({ connectionId, providerId: account.provider, origin });
  return { level: found?.level ?? null, proxy: found === undefined ? null : show(found.proxy) };
}

function show({ type, host, port, username, password }: NetworkProxy): z.output<typeof shown> {
  return { ...{ type, host, port }, ...(username !== undefined && { username }), hasPassword: password !== undefined };
}
