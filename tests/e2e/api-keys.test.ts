/** Keys as clients send them, and what a key may ask for, against the real server. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asString, objectsOf } from '../../core/base/json.ts';
import { addNode, type RawAnswer, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, type ManagementClient, startGateway } from '../support/gateway-process.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const hi = [{ role: 'user', content: 'hi' }];
const chat = (model: string): { method: string; path: string; body: object } => ({
  method: 'POST',
  path: '/v1/chat/completions',
  body: { model, messages: hi },
});

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('ok')));
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

async function configured(
  env: Record<string, string>,
): Promise<{ gateway: GatewayProcess; management: ManagementClient }> {
  const gateway = await startGateway({ env });
  const management = await gateway.login();
  await addNode(management, { prefix: 'one', baseUrl: `${upstream.url}/v1` });
  return { gateway, management };
}

describe('REQUIRE_API_KEY', () => {
  it.each([
    ['true', 401, 401],
    ['false', 200, 200],
    ['', 200, 401],
  ])('"%s": without a key %i, and %i through a proxy', async (value, here, proxied) => {
    const { gateway, management } = await configured({ REQUIRE_API_KEY: value });
    try {
      const { baseUrl } = gateway;
      expect((await rawCall(baseUrl, chat('one/m'))).status).toBe(here);
      const viaProxy = { ...chat('one/m'), headers: { 'x-forwarded-for': '192.0.2.1' } };
      expect((await rawCall(baseUrl, viaProxy)).status).toBe(proxied);
      const placeholder = { ...chat('one/m'), headers: { authorization: 'Bearer any' } };
      expect((await rawCall(baseUrl, placeholder)).status).toBe(here);
      const { key } = await management.post('/api/keys', { name: 'mine' });
      for (const request of waysToSend(String(key))) {
        expect((await rawCall(baseUrl, { ...chat('one/m'), ...request })).status).toBe(200);
      }
      const foreign = `sk-omr-${'x'.repeat(40)}`;
      for (const request of waysToSend(foreign)) {
        const answer = await rawCall(baseUrl, { ...chat('one/m'), ...request });
        expect([answer.status, answer.body]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
      }
      expect((await rawCall(baseUrl, { path: '/health' })).status).toBe(200);
      expect(JSON.stringify(upstream.received)).not.toContain(String(key));
    } finally {
      await gateway.stop();
    }
  });
});

function waysToSend(key: string): { path?: string; headers?: Record<string, string> }[] {
  return [
    { headers: { authorization: `Bearer ${key}` } },
    { headers: { authorization: `bearer  ${key}` } },
    { headers: { 'x-api-key': key } },
    { headers: { 'x-goog-api-key': key } },
    { path: `/v1/chat/completions?key=${key}` },
    { path: `/v1/chat/completions?alt=sse&key=${key}` },
    { headers: { authorization: 'Bearer dummy', 'x-api-key': key } },
  ];
}

describe('the models a key may use', () => {
  let gateway: GatewayProcess;
  let headers: Record<string, string>;
  const text = (model: string): { path: string; body: object }[] => [
    { path: '/v1/chat/completions', body: { model, messages: hi } },
    { path: '/v1/completions', body: { model, prompt: 'hi' } },
    { path: '/v1/embeddings', body: { model, input: 'hi' } },
    { path: '/v1/responses', body: { model, input: 'hi' } },
    { path: '/v1/messages', body: { model, max_tokens: 9, messages: hi } },
    { path: '/v1/messages/count_tokens', body: { model, messages: hi } },
    { path: '/api/chat', body: { model, messages: hi } },
    ...['generateContent', 'streamGenerateContent', 'countTokens'].map((action) => ({
      path: `/v1beta/models/${model}:${action}`,
      body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    })),
  ];
  const send = (request: { path: string; body?: object; method?: string }): Promise<RawAnswer> =>
    rawCall(gateway.baseUrl, { method: 'POST', headers, ...request });

  beforeAll(async () => {
    const made = await configured({});
    gateway = made.gateway;
    const { management } = made;
    await addNode(management, { prefix: 'two', baseUrl: `${upstream.url}/v1` });
    await addNode(management, { prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
    for (const name of ['allowed', 'forbidden']) {
      await management.post('/api/combos', { name, models: ['two/secret', 'one/m'], strategy: 'priority' });
    }
    for (const model of ['small-1', 'big-1']) {
      await management.post('/api/provider-models', { provider: 'openai', modelId: model });
    }
    await management.post('/api/providers', { provider: 'openai', apiKey: 'sk-1', name: 'openai' });
    await management.send('PUT', '/api/models/alias', { alias: 'fast', model: 'one/m' });
    const { key } = await management.post('/api/keys', {
      name: 'narrow',
      allowedModels: ['one/*', 'allowed', 'openai/small-*'],
    });
    headers = { authorization: `Bearer ${key}` };
  });
  afterAll(() => gateway.stop());

  it.each(['two/secret', 'forbidden', 'fast', 'anth/m', 'openai/big-1'])(
    '%s is a 403 in each protocol, and nobody is asked',
    async (model) => {
      for (const request of text(model)) {
        const { status, body, text: said } = await send(request);
        expect([request.path, status]).toEqual([request.path, 403]);
        expect(said).toContain(`may not use the model`);
        const error =
          request.path === '/api/chat'
            ? expect.any(String)
            : request.path.startsWith('/v1beta')
              ? expect.objectContaining({ code: 403, status: 'PERMISSION_DENIED' })
              : expect.objectContaining({ type: 'permission_error' });
        expect(body['error']).toEqual(error);
      }
      expect(upstream.received).toHaveLength(0);
    },
  );

  it('what it may use works, a combo with all that it leads to', async () => {
    for (const model of ['one/m', 'one/with/slash', 'allowed']) {
      const { path, body } = chat(model);
      expect((await send({ path, body })).status).toBe(200);
    }
    expect(upstream.received.map(({ body }) => body['model'])).toEqual(['m', 'with/slash', 'secret']);
  });

  it('a provider’s own route is no way around', async () => {
    const path = '/v1/providers/two/chat/completions';
    expect((await send({ path, body: { model: 'secret', messages: hi } })).status).toBe(403);
    expect((await send({ path, body: { model: 'one/m', messages: hi } })).status).toBe(400);
    expect(upstream.received).toHaveLength(0);
  });

  it('the lists show what it may use, and one model that it may not is not there', async () => {
    for (const path of ['/v1/models', '/v1beta/models', '/api/tags']) {
      const { body } = await send({ method: 'GET', path });
      const ids = objectsOf(body['data'] ?? body['models']).map(
        (model) => asString(model['id']) ?? asString(model['name'])?.replace(/^models\//, '') ?? '',
      );
      expect(ids).toContain('allowed');
      expect(ids).toContain('openai/small-1');
      expect(ids.filter((id) => !/^(one\/.*|allowed|openai\/small-.*)$/.test(id))).toEqual([]);
    }
    expect((await send({ method: 'GET', path: '/v1/models/allowed' })).status).toBe(200);
    for (const model of ['forbidden', 'openai/big-1', 'fast']) {
      expect((await send({ method: 'GET', path: `/v1/models/${model}` })).status).toBe(404);
    }
  });

  it('a caller without a key sees and uses everything on this machine', async () => {
    const { text: list } = await rawCall(gateway.baseUrl, { path: '/v1/models' });
    for (const id of ['forbidden', 'openai/big-1', 'fast']) expect(list).toContain(`"${id}"`);
    expect((await rawCall(gateway.baseUrl, chat('forbidden'))).status).toBe(200);
  });
});
