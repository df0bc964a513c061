/** Pitfall 36: whatever is called for a request goes the request's own way out: its images, its counts, its combo's trials. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { asObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { startHttpProxy, type TestProxy } from '../support/http-proxy.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const SETTINGS = '/api/settings/proxy';
let isImageServerMute = false;
const images = createServer((_request, response) => {
  if (!isImageServerMute) response.writeHead(200, { 'content-type': 'image/png' }).end('pixel');
});
let core: TestCore;
let upstream: Upstream;
let proxy: TestProxy;
let ids: { key: string; combo: string; provider: string };
let imageHost = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => images.listen(0, '127.0.0.1', resolve));
  imageHost = `127.0.0.1:${(images.address() as AddressInfo).port}`;
  core = await startCore({ isMediaAddressAllowed: () => true });
  upstream = await startUpstream((received, response) => {
    if (received.path.includes(':countTokens')) return sendJson(response, { totalTokens: 7 });
    sendJson(response, {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
    });
  });
  const node = await core.addNode({ prefix: 'up', type: 'gemini-compatible', baseUrl: `${upstream.url}/v1beta` });
  await core.manage('POST', '/api/combos', { name: 'team', models: ['up/m'] });
  ids = { key: node.connectionId, combo: 'team', provider: node.nodeId };
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  images.closeAllConnections();
  images.close();
});
beforeEach(async () => {
  proxy = await startHttpProxy('me', 'secret');
  upstream.received.length = 0;
});
afterEach(async () => {
  const none = Object.values(ids).map((id) => [id, null]);
  await core.manage('PUT', SETTINGS, { global: null, providers: Object.fromEntries(none) });
  await core.manage('PUT', SETTINGS, { combos: Object.fromEntries(none), keys: Object.fromEntries(none) });
  await core.manage('POST', '/api/resilience/reset');
  await proxy.close();
});

const setProxy = (level: keyof typeof ids, id = ids[level]) =>
  core.manage('PUT', SETTINGS, {
    ...{ level, id },
    proxy: { type: 'http', host: '127.0.0.1', port: proxy.port, username: 'me', password: 'secret' },
  });
const withImage = () => ({
  model: 'team',
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `http://${imageHost}/pixel` } }] }],
});

it.each(['key', 'combo', 'provider'] as const)(
  'a remote image is fetched through the proxy at the level %s',
  async (level) => {
    await setProxy(level);
    const response = await core.post('/v1/chat/completions', withImage());
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Hello')]);
    expect(proxy.tunnels).toContain(imageHost);
  },
);

it('a combo’s proxy is for the combos in it too', async () => {
  await core.manage('POST', '/api/combos', { name: 'inner', models: ['up/m'] });
  await core.manage('POST', '/api/combos', { name: 'middle', models: ['inner'] });
  const { combo } = await core.manage('POST', '/api/combos', { name: 'outer', models: ['middle'] });
  const body = { model: 'outer', messages: [{ role: 'user', content: 'Hi' }] };
  for (const id of ['outer', 'middle']) {
    await setProxy('combo', id);
    expect((await core.post('/v1/chat/completions', body)).status).toBe(200);
    expect(proxy.tunnels).toEqual([upstream.url.replace('http://', '')]);
    await core.manage('PUT', SETTINGS, { combos: { [id]: null } });
    proxy.tunnels.length = 0;
  }
  await core.manage('DELETE', `/api/combos/${String(asObject(combo)?.['id'])}`);
});

it('tokens of a combo are counted through its proxy', async () => {
  await setProxy('combo');
  const response = await core.post('/v1beta/models/team:countTokens', {
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
  });
  expect(await response.json()).toEqual({ totalTokens: 7 });
  expect(proxy.tunnels).toEqual([upstream.url.replace('http://', '')]);
});

it('and its images with them', async () => {
  await setProxy('combo');
  const image = { type: 'image', source: { type: 'url', url: `http://${imageHost}/pixel` } };
  const response = await core.post('/v1/messages/count_tokens', {
    ...{ model: 'team', messages: [{ role: 'user', content: [image] }] },
  });
  expect(await response.json()).toEqual({ input_tokens: 7 });
  expect(proxy.tunnels).toContain(imageHost);
});

it('a combo’s models are tried through its proxy', async () => {
  await setProxy('combo');
  const tried = await core.manage('POST', '/api/combos/test', { comboName: 'team' });
  expect(objectsOf(tried['results'])).toMatchObject([{ model: 'up/m', status: 'ok' }]);
  expect(proxy.tunnels).toEqual([upstream.url.replace('http://', '')]);
  await proxy.close();
  upstream.received.length = 0;
  await core.manage('POST', '/api/combos/test', { comboName: 'team' });
  expect(upstream.received).toEqual([]);
});

it('who leaves while an image is fetched is recorded as gone, and the image let go of', async () => {
  isImageServerMute = true;
  try {
    const closed = new Promise<void>((resolve) => images.once('request', (request) => request.on('close', resolve)));
    const startedMs = performance.now();
    await expect(
      fetch(`${core.url}/v1/chat/completions`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(withImage()) },
        signal: AbortSignal.timeout(400),
      }),
    ).rejects.toThrow();
    await closed;
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    await expect
      .poll(async () => asObject(objectsOf((await core.manage('GET', '/api/usage/call-logs?limit=1'))['logs'])[0]))
      .toMatchObject({ status: 499 });
    // Nothing was sent to the provider, so nothing was used.
    expect(upstream.received).toEqual([]);
    const [newest] = objectsOf((await core.manage('GET', '/api/usage/call-logs?limit=1'))['logs']);
    expect(newest).toMatchObject({ tokensIn: 0, tokensOut: 0, cost: null });
  } finally {
    isImageServerMute = false;
  }
});
