/** Settings that switch what clients see: the route in headers, keys for the list of models, blocked providers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let connectionId: string;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('ok')));
  ({ nodeId, connectionId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const set = (settings: object): Promise<unknown> => core.manage('PATCH', '/api/settings', settings);
const ask = (): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'hi' }] });
const route = ({ headers }: Response): (string | null)[] =>
  ['provider', 'model', 'connection', 'attempts'].map((name) => headers.get(`x-omniroute-${name}`));

it('routeHeaders: the route taken stands in the answer’s headers, or not', async () => {
  expect(route(await ask())).toEqual(['up', 'm', connectionId, '1']);
  await set({ routeHeaders: false });
  expect(route(await ask())).toEqual([null, null, null, null]);
  await set({ routeHeaders: true });
});

it('requireAuthForModels: the list of models needs a key, also here', async () => {
  const list = (headers = {}): Promise<Response> => fetch(`${core.url}/v1/models`, { headers });
  expect((await list()).status).toBe(200);
  await set({ requireAuthForModels: true });
  expect([(await list()).status, (await ask()).status]).toEqual([401, 200]);
  const { key } = await core.manage('POST', '/api/keys', { name: 'lists' });
  expect((await list({ authorization: `Bearer ${String(key)}` })).status).toBe(200);
  await set({ requireAuthForModels: false });
});

it('blockedProviders: no request goes there', async () => {
  await set({ blockedProviders: [nodeId] });
  const calls = upstream.received.length;
  const response = await ask();
  expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('blockedProviders')]);
  expect(upstream.received).toHaveLength(calls);
  await set({ blockedProviders: [] });
  expect((await ask()).status).toBe(200);
});
