/** Shows 5: streams through real proxies with authentication; with the proxy down nothing reaches the upstream directly. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { startHttpProxy, type TestProxy } from '../support/http-proxy.ts';
import { startSocks5Proxy } from '../support/socks5-proxy.ts';
import { chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let connectionId: string;
const [username, password] = ['me', 'planted proxy password'];
const SETTINGS = '/api/settings/proxy';
const echo = createServer((request, response) => response.end(request.socket.remoteAddress?.replace('::ffff:', '')));

beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  core = await startCore({ echoUrl: `http://127.0.0.1:${(echo.address() as AddressInfo).port}/` });
  upstream = await startUpstream((received, response) => {
    if (received.path.endsWith('/models')) return sendJson(response, { object: 'list', data: [{ id: 'm' }] });
    sendSse(response, [chatChunk({ content: 'first' })], false);
    setTimeout(() => sendSse(response, [chatChunk({ content: ' second' }), chatChunk({}, 'stop'), 'data: [DONE]']), 30);
  });
  ({ nodeId, connectionId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
  await core.manage('POST', '/api/combos', { name: 'team', models: ['up/m'] });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  echo.close();
});
beforeEach(async () => {
  upstream.received.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});
afterEach(() =>
  core.manage('PUT', SETTINGS, {
    global: null,
    providers: { [nodeId]: null },
    combos: { team: null },
    keys: { [connectionId]: null },
  }),
);

const ask = (model = 'up/m'): Promise<Response> =>
  core.post('/v1/chat/completions', { model, stream: true, messages: [{ role: 'user', content: 'hi' }] });

describe.each([
  ['http', startHttpProxy],
  ['socks5', startSocks5Proxy],
] as const)('a proxy of type %s', (type, start) => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await start(username, password);
  });
  afterEach(() => proxy.close());
  const address = (change: object = {}) => ({
    type,
    host: '127.0.0.1',
    port: proxy.port,
    username,
    password,
    ...change,
  });

  it.each(['key', 'combo', 'provider', 'global'] as const)('carries a stream, set at the level %s', async (level) => {
    const ids = { key: connectionId, combo: 'team', provider: nodeId, global: '' };
    await core.manage('PUT', SETTINGS, { level, id: ids[level], proxy: address() });
    const response = await ask('team');
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(' second')]);
    expect(proxy.tunnels).toEqual([upstream.url.replace('http://', '')]);
    expect(upstream.received).toHaveLength(1);
  });

  it('is named in the log of what went through it, without its password', async () => {
    await core.manage('PUT', SETTINGS, { level: 'global', id: '', proxy: address() });
    await (await ask()).text();
    const [newest] = objectsOf((await core.manage('GET', '/api/usage/proxy-logs'))['logs']);
    expect(newest).toMatchObject({ proxy: `${type}://127.0.0.1:${proxy.port}`, connectionId, outcome: 'ok' });
    expect(JSON.stringify(newest)).not.toContain(password);
    await core.manage('DELETE', '/api/usage/proxy-logs');
    expect((await core.manage('GET', '/api/usage/proxy-logs'))['logs']).toEqual([]);
    expect(await core.manage('GET', `/api/usage/call-logs/${String(newest?.['id'])}`)).not.toHaveProperty('proxy');
  });

  it('a combo’s proxy is only for requests through that combo', async () => {
    await core.manage('PUT', SETTINGS, { level: 'combo', id: 'team', proxy: address() });
    expect((await ask('up/m')).status).toBe(200);
    expect(proxy.tunnels).toEqual([]);
  });

  it('a wrong password fails the call, and nothing goes around it', async () => {
    await core.manage('PUT', SETTINGS, { global: address({ password: 'wrong' }) });
    const response = await ask();
    const text = await response.text();
    expect([response.status, text]).toEqual([502, expect.stringContaining(`proxy 127.0.0.1:${proxy.port}`)]);
    expect(text).not.toContain('wrong');
    expect(upstream.received).toHaveLength(0);
    expect(proxy.refused()).toBeGreaterThan(0);
  });

  it('pitfall 36: with the proxy down nothing reaches the upstream directly', async () => {
    await core.manage('PUT', SETTINGS, { global: address() });
    await proxy.close();
    for (let time = 0; time < 3; time += 1) expect((await ask()).status).toBe(502);
    expect(upstream.received).toHaveLength(0);
  });

  it('key checks take the same way', async () => {
    await core.manage('PUT', SETTINGS, { level: 'key', id: connectionId, proxy: address() });
    await core.manage('POST', `/api/providers/${connectionId}/test`);
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    await proxy.close();
    upstream.received.length = 0;
    await core.manage('POST', `/api/providers/${connectionId}/test`);
    expect(upstream.received).toHaveLength(0);
  });

  it('is tested with the password that is stored, at its own place only', async () => {
    await core.manage('PUT', SETTINGS, { global: address() });
    const test = (change: object) =>
      core.manage('POST', `${SETTINGS}/test`, { proxy: address({ password: undefined, ...change }) });
    expect(await test({})).toMatchObject({ success: true });
    expect(await test({ username: 'another' })).toMatchObject({ success: false });
  });

  it('is tested with the address that is seen', async () => {
    expect(await core.manage('POST', `${SETTINGS}/test`, { proxy: address() })).toEqual({
      success: true,
      publicIp: '127.0.0.1',
      latencyMs: expect.any(Number),
      proxyUrl: `${type}://127.0.0.1:${proxy.port}`,
    });
    await proxy.close();
    expect(await core.manage('POST', `${SETTINGS}/test`, { proxy: address() })).toMatchObject({ success: false });
  });
});

it('a password never comes out, and stays when it is left out for the same user at the same host', async () => {
  const proxy = { type: 'http', host: 'proxy.example', port: '8080', username, password };
  await core.manage('PUT', SETTINGS, { level: 'provider', id: 'openai', proxy });
  await core.manage('PUT', SETTINGS, { level: 'provider', id: 'openai', proxy: { ...proxy, password: undefined } });
  const shown = await core.manage('GET', SETTINGS);
  expect(shown['providers']).toEqual({
    openai: { type: 'http', host: 'proxy.example', port: 8080, username, hasPassword: true },
  });
  expect(JSON.stringify(shown)).not.toContain(password);
  await core.manage('DELETE', `${SETTINGS}?level=provider&id=openai`);
  expect((await core.manage('GET', SETTINGS))['providers']).toEqual({});
});

it('goes with the connection, the combo or the endpoint it was set for, and along with a new name', async () => {
  const proxy = { type: 'http', host: 'proxy.example', port: 8080, username, password };
  const other = await core.addNode({ prefix: 'gone', baseUrl: `${upstream.url}/v1` });
  const { combo } = await core.manage('POST', '/api/combos', { name: 'old', models: ['up/m'] });
  const comboId = String((combo as { id: string }).id);
  await core.manage('PUT', SETTINGS, {
    providers: { [other.nodeId]: proxy },
    combos: { old: proxy },
    keys: { [other.connectionId]: proxy },
  });
  await core.manage('PUT', `/api/combos/${comboId}`, { name: 'new' });
  expect((await core.manage('GET', SETTINGS))['combos']).toEqual({
    new: { type: 'http', host: 'proxy.example', port: 8080, username, hasPassword: true },
  });
  await core.manage('DELETE', `/api/combos/${comboId}`);
  await core.manage('DELETE', `/api/provider-nodes/${other.nodeId}`);
  expect(await core.manage('GET', SETTINGS)).toMatchObject({ providers: {}, combos: {}, keys: {} });
});
