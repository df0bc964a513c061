/** The edges of the client's surface: what is recorded of a request that never got anywhere, browsers, stuck upstreams. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { rawCall, readUsage } from '../support/gateway-calls.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
const messages = [{ role: 'user', content: 'hi' }];

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('hello')));
  await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(async () => {
  await core.manage('POST', '/api/resilience/reset');
  upstream.received.length = 0;
});

const lastRow = () => readUsage(core.dataDirectory).rows.at(-1);
const rowCount = () => readUsage(core.dataDirectory).rows.length;

describe('requests that end before a target is found', () => {
  it.each([
    ['bad JSON', '{"model": ', 400],
    ['no model', '{}', 400],
    ['a stream that is no boolean', '{"model":"chat/m","stream":"yes"}', 400],
    ['a model nobody has', '{"model":"nobody/has-this","messages":[]}', 404],
  ])('%s is recorded', async (_name, body, status) => {
    const before = rowCount();
    expect((await core.post('/v1/chat/completions', body)).status).toBe(status);
    expect(rowCount()).toBe(before + 1);
    expect(lastRow()).toMatchObject({ outcome: 'error', status, endpoint: '/v1/chat/completions' });
  });

  it('a model name of megabytes is refused and kept nowhere', async () => {
    const response = await core.post('/v1/chat/completions', { model: 'x'.repeat(2_000_000), messages });
    const text = await response.text();
    expect([response.status, text.length < 1_000]).toEqual([400, true]);
    expect(lastRow()?.requested_model).toBe('');
  });

  it('a count of tokens is not recorded', async () => {
    const before = rowCount();
    expect((await core.post('/v1/messages/count_tokens', '{')).status).toBe(400);
    expect(rowCount()).toBe(before);
  });
});

describe('GET /', () => {
  it('is the dashboard to a browser and tells tools what this is', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const browser = await rawCall(core.url, { path: '/', headers: { accept } });
    // The core in this process was given no built dashboard.
    expect([browser.status, browser.text]).toEqual([503, expect.stringContaining('The dashboard is not built')]);
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }]) {
      const tool = await rawCall(core.url, { path: '/', headers });
      expect([tool.status, tool.body['name']]).toEqual([200, 'OmniRoute']);
    }
  });
});

describe('methods', () => {
  it.each(['/', '/health', '/v1/models', '/v1beta/models', '/v1/models/chat/m', '/api/tags', '/api/version'])(
    'HEAD %s answers like GET, without a body',
    async (path) => {
      const [head, get] = [await rawCall(core.url, { method: 'HEAD', path }), await rawCall(core.url, { path })];
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
    },
  );
  it.each(['/v1/responses', '/v1beta/models/chat/m:generateContent'])('GET %s is a 405 with Allow', async (path) => {
    const answer = await rawCall(core.url, { path });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });
});

describe('streams that do not end well', () => {
  const ask = (path: string, model: string): Promise<Response> =>
    core.post(path, { model, messages, max_tokens: 9, stream: true });

  it('nothing follows a finished answer when the upstream then breaks off', async () => {
    upstream.answer((_received, response) => {
      sendSse(response, [chatChunk({ content: 'whole' }), chatChunk({}, 'stop'), 'data: [DONE]'], false);
      setTimeout(() => response.destroy(), 50);
    });
    const text = await (await ask('/v1/chat/completions', 'chat/m')).text();
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(text).not.toContain('error');
    expect(lastRow()).toMatchObject({ outcome: 'ok', status: 200 });
  });

  it.each(['/v1/chat/completions', '/v1/messages'])(
    '%s: an upstream that reports an error and stays open is let go of',
    async (path) => {
      const closed = Promise.withResolvers<void>();
      upstream.answer((_received, response) => {
        response.on('close', closed.resolve);
        sendSse(response, ['data: {"error":{"message":"overloaded","type":"server_error"}}'], false);
      });
      expect((await ask(path, 'chat/m')).status).toBe(502);
      await closed.promise;
    },
  );

  it.each(['/v1/chat/completions', '/v1/messages'])(
    '%s: an error in mid-stream is recorded with its code',
    async (path) => {
      upstream.answer((_received, response) => {
        sendSse(response, [chatChunk({ content: 'par' })], false);
        const error = 'data: {"error":{"message":"overloaded","type":"server_error"}}';
        setTimeout(() => sendSse(response, [error]), 30);
      });
      expect(await (await ask(path, 'chat/m')).text()).toContain('overloaded');
      expect(lastRow()).toMatchObject({ outcome: 'cut', error_code: 'upstream_server_error' });
    },
  );

  it('a cut stream ends in the protocol’s error also when our decoder would refuse its request', async () => {
    upstream.answer((_received, response) => sendSse(response, [chatChunk({ content: 'par' })]));
    const strange = [{ role: 'user', content: [{ type: 'hologram', data: 'x'.repeat(9_000) }] }];
    const response = await core.post('/v1/chat/completions', { model: 'chat/m', messages: strange, stream: true });
    expect(await response.text()).toMatch(/"par"[\s\S]*data: \{"error":\{/);
  });
});
