/** The contract over oRPC's own protocol, called with oRPC's own client, as the dashboard does. */
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagementApi } from '../../core/management/client.ts';
import { contract } from '../../core/management/contract.ts';
import { type ManagementServer, PASSWORD, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

const clientWith = (headers: Record<string, string>): ManagementApi =>
  createORPCClient(new RPCLink({ url: `${server.url}/api/rpc`, headers }));
async function signedIn(): Promise<ManagementApi> {
  const { headers } = await server.call('POST', '/api/auth/login', { password: PASSWORD });
  return clientWith({ cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' });
}
const failure = async (call: Promise<unknown>): Promise<ORPCError<string, unknown>> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ORPCError)) throw new Error(`not an error of the protocol: ${String(error)}`);
  return error;
};

describe('management over RPC', () => {
  it('calls with a session, input and all', async () => {
    const api = await signedIn();
    const made = await api.keys.create({ name: 'laptop' });
    expect(made.key).toMatch(/^sk-/);
    expect((await api.keys.list()).keys.map(({ name }) => name)).toEqual(['laptop']);
    await api.keys.remove({ id: made.id });
    expect((await api.keys.list()).keys).toEqual([]);
  });

  it('signs in, and sets the cookie', async () => {
    const answer = await server.call('POST', '/api/rpc/auth/login', { json: { password: PASSWORD } });
    expect([answer.status, answer.body]).toEqual([200, { json: { success: true } }]);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^auth_token=.*HttpOnly/);
  });

  it('tells a stranger nothing but who he is', async () => {
    expect(await clientWith({}).auth.status()).toMatchObject({ authenticated: false, hasPassword: true });
    for (const path of ['keys/list', 'no/such/call']) {
      const answer = await server.call('POST', `/api/rpc/${path}`, { json: {} });
      expect([answer.status, answer.body]).toMatchObject([401, { json: { code: 'unauthenticated' } }]);
    }
  });

  it('answers 401 to a stranger at each call of the contract but those of signing in', async () => {
    const paths: string[] = [];
    traverseContractProcedures({ router: contract, path: [] }, ({ path }) => paths.push(path.join('/')));
    expect(paths.length).toBeGreaterThan(80);
    const statuses = await Promise.all(
      paths.map(async (path) => [path, (await server.call('POST', `/api/rpc/${path}`, { json: {} })).status] as const),
    );
    const open = statuses.filter(([, status]) => status !== 401).map(([path]) => path);
    expect(open.toSorted()).toEqual(['auth/login', 'auth/logout', 'auth/setup', 'auth/status']);
  });

  it('takes a key with the management scope, and no other', async () => {
    const owner = await signedIn();
    const [may, mayNot] = await Promise.all([
      owner.keys.create({ name: 'a', scopes: ['management'] }),
      owner.keys.create({ name: 'b', scopes: ['inference'] }),
    ]);
    const bearer = (key: string): ManagementApi => clientWith({ authorization: `Bearer ${key}` });
    expect((await bearer(may.key).keys.list()).keys).toHaveLength(2);
    expect(await failure(bearer(mayNot.key).keys.list())).toMatchObject({ code: 'permission_denied', status: 403 });
  });

  it.each([
    [
      'a sentence and a code',
      (api: ManagementApi) => api.keys.get({ id: 'none' }),
      404,
      'not_found',
      /no API key "none"/,
    ],
    [
      'the field',
      (api: ManagementApi) => api.keys.create({ name: '' }),
      400,
      'invalid_request',
      /"name" must not be empty/,
    ],
    ['a wrong password', (api: ManagementApi) => api.auth.login({ password: 'x' }), 401, 'wrong_password', /password/i],
  ] as const)('an error comes with %s', async (_, call, status, code, message) => {
    const error = await failure(call(await signedIn()));
    expect([error.status, error.code, error.message]).toEqual([status, code, expect.stringMatching(message)]);
  });

  it('refuses what is no call: an unknown one, a body too large, one that is not JSON', async () => {
    const { headers } = await server.call('POST', '/api/auth/login', { password: PASSWORD });
    const cookie = { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    const call = async (path: string, body: unknown) =>
      (await server.call('POST', `/api/rpc/${path}`, body, cookie)).status;
    expect(await call('no/such/call', { json: {} })).toBe(404);
    expect(await call('keys/create', { json: { name: 'x'.repeat(1_100_000) } })).toBe(413);
    expect(await call('keys/create', '{')).toBe(400);
  });

  it('says how long to wait, for a sentence in any language', async () => {
    const locked = await startManagement();
    const api: ManagementApi = createORPCClient(new RPCLink({ url: `${locked.url}/api/rpc` }));
    const attempt = () => failure(api.auth.login({ password: 'wrong' }));
    for (let count = 0; count < 5; count += 1) expect((await attempt()).code).toBe('wrong_password');
    expect(await attempt()).toMatchObject({ code: 'too_many_attempts', data: { retryAfterMs: 900_000 } });
    await locked.stop();
  });

  it('streams what happens, as it happens', async () => {
    const api = await signedIn();
    const controller = new AbortController();
    const events = await api.live.events(undefined, { signal: controller.signal });
    const first = events.next();
    server.services.events.emit({ type: 'configuration-changed', atMs: 7, area: 'settings' });
    expect((await first).value).toEqual({ type: 'configuration-changed', atMs: 7, area: 'settings' });
    controller.abort();
  });
});
