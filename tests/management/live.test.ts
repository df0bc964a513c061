import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/fetch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { contract } from '../../core/management/contract.ts';
import { writeEventStream } from '../../core/management/event-stream.ts';
import { router } from '../../core/management/router.ts';
import { usage } from '../store/records.ts';
import { readEvents } from '../support/event-source.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
let cookie: string;
beforeAll(async () => {
  server = await startManagement();
  const signedIn = await server.call('POST', '/api/auth/login', { password: 'correct horse battery' });
  cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(() => server.stop());

const listen = () => readEvents(`${server.url}/api/live`, { cookie });
const isUnheard = (): Promise<unknown> =>
  expect.poll(() => server.services.events.isHeard('request-started'), { timeout: 10_000 }).toBe(false);

it('the snapshot tells what runs, and the sums of today', async () => {
  await server.services.store.usage.append({ ...usage, startedAtMs: server.services.clock.nowMs() });
  const { status, body } = await server.own('GET', '/api/live/snapshot');
  expect([status, body]).toMatchObject([
    200,
    {
      version: '1.2.3',
      active: [
        { id: 'r-1', requestedModel: 'best', provider: 'openai', model: 'gpt-5', elapsedMs: 1_500, isAnswering: true },
        { id: 'r-2' },
      ],
      today: { sinceMs: expect.any(Number), requests: expect.any(Number), saved: 0 },
      openBreakers: [],
      resting: [],
    },
  ]);
});

it('events come as they happen, until the client leaves', async () => {
  const reader = await listen();
  expect([reader.status, reader.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  await server.own('PATCH', '/api/settings', { theme: 'dark' });
  server.services.events.emit({ type: 'quota-changed', atMs: 5, connectionId: 'c', provider: 'openai' });
  expect(await reader.until(({ type }) => type === 'quota-changed')).toEqual({
    ...{ type: 'quota-changed', atMs: 5, connectionId: 'c', provider: 'openai' },
  });
  reader.close();
  await isUnheard();
});

it('strangers hear nothing, and a HEAD listens to nothing', async () => {
  const stranger = await readEvents(`${server.url}/api/live`);
  expect(stranger.status).toBe(401);
  await fetch(`${server.url}/api/live`, { method: 'HEAD', headers: { cookie } });
  await isUnheard();
});

it('the OpenAPI document says that it is a stream of events', async () => {
  const { text } = await server.own('GET', '/api/openapi.json');
  expect(JSON.parse(text).paths['/live'].get.responses['200'].content).toHaveProperty('text/event-stream');
});

it('works over the RPC protocol too', async () => {
  const handler = new RPCHandler(router);
  const context = { services: server.services, remoteAddress: undefined, cookieHeader: undefined, hasSession: true };
  const link = new RPCLink({
    url: 'http://local/rpc',
    fetch: async (request) => {
      const { response } = await handler.handle(request, {
        prefix: '/rpc',
        context: { ...context, setCookie: () => undefined },
      });
      return response ?? new Response('', { status: 404 });
    },
  });
  const client: ContractRouterClient<typeof contract> = createORPCClient(link);
  const events = await client.live.events();
  server.services.events.emit({ type: 'breaker-changed', atMs: 1, provider: 'openai', state: 'OPEN' });
  expect((await events.next()).value).toMatchObject({ type: 'breaker-changed', state: 'OPEN' });
  await events.return?.();
  await isUnheard();
});

it('a quiet stream sends a comment now and then; a failing one says so in its own words', async () => {
  const streams = createServer((_request, response) => {
    async function* values(): AsyncGenerator<object> {
      yield { first: true };
      await new Promise((resolve) => setTimeout(resolve, 200));
      throw new Error('It broke.');
    }
    void writeEventStream(response, values(), { heartbeatMs: 20 });
  });
  await new Promise<void>((resolve) => streams.listen(0, '127.0.0.1', resolve));
  const reader = await readEvents(`http://127.0.0.1:${(streams.address() as AddressInfo).port}/`);
  expect(await reader.until(() => true)).toEqual({ first: true });
  expect(await reader.until(() => true)).toEqual({ message: 'It broke.' });
  await reader.ended;
  expect(reader.comments.length).toBeGreaterThan(1);
  streams.close();
});
