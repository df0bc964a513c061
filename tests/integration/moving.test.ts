/** A running core is moved to another port, paused and resumed, and says who it is. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instanceId } from '../../core/policy/service-state.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { readEvents } from '../support/event-source.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const HOST = '127.0.0.1';
const ASK = { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] };
let core: TestCore;
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  core = await startCore();
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

describe('moving', () => {
  it('drops no open stream, serves at the new port and not at the old one', async () => {
    let finish = (): void => undefined;
    upstream.answer((_received, response) => {
      sendSse(response, [chatChunk({ role: 'assistant', content: 'Hel' })], false);
      finish = () => sendSse(response, [chatChunk({ content: 'lo' }, 'stop'), 'data: [DONE]']);
    });
    const events = await readEvents(`${core.url}/api/live`, { cookie: core.cookie });
    const open = await core.post('/v1/chat/completions', { ...ASK, stream: true });
    const { port } = await core.core.move({ host: HOST, port: 0 });
    expect(`http://${HOST}:${port}`).not.toBe(core.url);
    expect(await events.until(({ type }) => type === 'gateway-changed')).toMatchObject({ port, isPaused: false });
    expect((await fetch(`http://${HOST}:${port}/health`)).status).toBe(200);
    await expect(fetch(`${core.url}/health`, { headers: { connection: 'close' } })).rejects.toThrow();
    finish();
    expect(await open.text()).toMatch(/Hel[\s\S]*lo[\s\S]*\[DONE\]/);
    await core.core.move({ host: HOST, port: Number(new URL(core.url).port) });
    expect((await fetch(`${core.url}/health`)).status).toBe(200);
  });

  it('to a port in use changes nothing and says so', async () => {
    const { server, port } = await taken();
    await expect(core.core.move({ host: HOST, port })).rejects.toThrow(`Port ${port} is in use`);
    expect((await fetch(`${core.url}/health`)).status).toBe(200);
    server.close();
  });
});

describe('pausing', () => {
  it.each([
    ['/v1/chat/completions', ASK, { error: { message: expect.stringContaining('paused') } }],
    [
      '/v1/messages',
      { ...ASK, max_tokens: 5 },
      { type: 'error', error: { message: expect.stringContaining('paused') } },
    ],
    ['/v1beta/models/m:generateContent', {}, { error: { code: 503, message: expect.stringContaining('paused') } }],
    ['/api/chat', ASK, { error: expect.stringContaining('paused') }],
  ])('answers %s with 503 in its own words, and management goes on', async (path, body, shape) => {
    await core.manage('POST', '/api/gateway/pause', {});
    const response = await core.post(path, body);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject(shape);
    expect(await core.manage('GET', '/api/gateway')).toMatchObject({ isPaused: true });
    expect(await (await fetch(`${core.url}/health`)).json()).toMatchObject({ status: 'paused' });
    await core.manage('POST', '/api/gateway/resume', {});
    expect(await (await fetch(`${core.url}/health`)).json()).toMatchObject({ status: 'ok' });
  });
});

it('/health names the product, its version and the data it works on, and nothing else', async () => {
  expect(await (await fetch(`${core.url}/health`)).json()).toEqual({
    name: 'OmniRoute',
    status: 'ok',
    version: '0.0.0-test',
    instance: instanceId(`${core.dataDirectory}/storage.sqlite`),
  });
});

it('a host calls management without HTTP, and errors read as they do there', async () => {
  const { client } = await core.core.api();
  expect(await client.auth.status()).toMatchObject({ authenticated: true });
  await expect(client.combos.get({ id: 'none' })).rejects.toMatchObject({ code: 'not_found', status: 404 });
});
