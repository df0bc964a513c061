import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../core/accounts/accounts.ts';
import { Secret } from '../../core/base/secret.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { temporaryAccounts } from './temporary-accounts.ts';
import { type Answer, type Asked, provider, type Upstream, upstream, withoutList } from './upstream.ts';

const key = new Secret('sk-live/0123456789');

function validate(one: Provider, apiKey: Secret | undefined = key): Promise<TestResult> {
  return temporaryAccounts([one]).accounts.validate(one.id, apiKey);
}

/** A server whose list answers 404, so that the one-token call decides. */
function probed(answer: Answer): Promise<Upstream> {
  return upstream(({ method }) => (method === 'GET' ? { status: 404 } : answer));
}

const needsKey = ({ headers }: Asked): boolean =>
  headers['authorization'] === undefined &&
  headers['x-api-key'] === undefined &&
  headers['x-goog-api-key'] === undefined;

describe('validate by the model list', () => {
  it.each([
    ['openai', '/v1/models', 'authorization', 'Bearer sk-live/0123456789'],
    ['responses', '/v1/models', 'authorization', 'Bearer sk-live/0123456789'],
    ['anthropic', '/v1/models', 'x-api-key', 'sk-live/0123456789'],
    ['gemini', '/v1beta/models', 'x-goog-api-key', 'sk-live/0123456789'],
    ['ollama', '/api/tags', 'authorization', 'Bearer sk-live/0123456789'],
  ] as const)('%s: GET %s with the key in %s; 200 is valid', async (kind, path, header, value) => {
    const { origin, asked } = await upstream((one) => ({ status: needsKey(one) ? 401 : 200, body: { data: [] } }));
    expect(await validate(provider(kind, origin))).toEqual({
      valid: true,
      statusCode: 200,
      latencyMs: expect.any(Number),
    });
    expect(asked[0]).toMatchObject({ method: 'GET', url: path, headers: { [header]: value } });
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
    if (kind === 'anthropic') expect(asked[0]?.headers['anthropic-version']).toBe('2023-06-01');
  });

  it.each([401, 403])('%i is an invalid key, and no token is asked for', async (status) => {
    const { origin, asked } = await upstream(() => ({ status, body: { error: { message: 'no' } } }));
    const result = await validate(provider('openai', origin));
    expect(result).toMatchObject({ valid: false, statusCode: status });
    expect(result.error).toMatch(new RegExp(`${status}.*Check that.*https://acme\\.example/keys`));
    expect(asked).toHaveLength(1);
  });

  it('a list that anyone may read proves nothing: the one-token call decides', async () => {
    const { origin, asked } = await upstream(({ method }) =>
      method === 'GET' ? { status: 200, body: { data: [{ id: 'first' }] } } : { status: 401 },
    );
    expect(await validate(provider('openai', origin))).toMatchObject({ valid: false, statusCode: 401 });
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
    expect(asked[1]?.headers['authorization']).toBeUndefined();
    expect(asked[2]?.body).toMatchObject({ model: 'first' });
  });

  it('a local server without keys is valid when it lists its models', async () => {
    const { origin, asked } = await upstream(() => ({ status: 200, body: { models: [] } }));
    const local = provider('ollama', origin, { key: 'optional' });
    expect(await temporaryAccounts([local]).accounts.validate('ollama', undefined)).toMatchObject({ valid: true });
    expect(asked).toHaveLength(1);
  });

  it('Gemini tells a wrong key with 400', async () => {
    const { origin } = await upstream(() => ({
      status: 400,
      body: {
        error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' },
      },
    }));
    expect(await validate(provider('gemini', origin))).toMatchObject({
      valid: false,
      statusCode: 400,
      error: expect.stringContaining('Acme refused the API key (400)'),
    });
  });
});

describe('validate by one token', () => {
  it.each([
    ['openai', '/v1/chat/completions', { model: 'm/1', messages: [{ role: 'user', content: 'test' }], max_tokens: 1 }],
    ['responses', '/v1/responses', { model: 'm/1', input: 'test', max_output_tokens: 16, store: false }],
    ['anthropic', '/v1/messages', { model: 'm/1', messages: [{ role: 'user', content: 'test' }], max_tokens: 1 }],
    [
      'gemini',
      '/v1beta/models/m/1:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'test' }] }], generationConfig: { maxOutputTokens: 1 } },
    ],
    [
      'ollama',
      '/api/chat',
      {
        model: 'm/1',
        messages: [{ role: 'user', content: 'test' }],
        stream: false,
        options: { num_predict: 1 },
      },
    ],
  ] as const)('%s: POST %s where no list is known', async (kind, path, body) => {
    const { origin, asked } = await upstream(() => ({ status: 200, body: {} }));
    const models = [
      { id: 'gone', retiredOn: '2024-01-01' },
      { id: 'vector', type: 'embedding' as const },
      { id: 'm/1' },
    ];
    expect(await validate(withoutList(provider(kind, origin, { models })))).toMatchObject({ valid: true });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', url: path, headers: { 'content-type': 'application/json' } });
    expect(asked[0]?.body).toEqual(body);
  });

  it.each([200, 400, 402, 422, 429])('%i means that the key is known', async (status) => {
    const { origin } = await probed({ status, body: { error: { message: 'something else' } } });
    expect(await validate(provider('openai', origin))).toMatchObject({ valid: true, statusCode: status });
  });

  it('404 for the model means that the key is known', async () => {
    const { origin } = await probed({
      status: 404,
      body: { error: { message: 'The model `test` does not exist', code: 'model_not_found' } },
    });
    expect(await validate(provider('openai', origin))).toMatchObject({ valid: true, statusCode: 404 });
  });

  it.each([
    [401, 'refused the API key (401)'],
    [403, 'does not permit this with the API key (403)'],
    [404, 'has no such endpoint at http://127.0.0.1'],
    [405, 'Check the base URL and the type'],
    [500, 'is unavailable (500)'],
    [503, 'try again later'],
    [302, 'redirect (302), which is not followed'],
  ])('%i is not valid, and the error says what to do: %s', async (status, message) => {
    const { origin } = await probed({ status, body: { detail: 'Not Found' } });
    const result = await validate(provider('openai', origin));
    expect(result).toMatchObject({ valid: false, statusCode: status, error: expect.stringContaining(message) });
  });

  it('uses the default model of the account', async () => {
    const { origin, asked } = await probed({ status: 200 });
    const { accounts } = temporaryAccounts([provider('openai', origin)]);
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'x', defaultModel: 'mine' });
    await accounts.test(id);
    expect(asked.at(-1)?.body).toMatchObject({ model: 'mine' });
  });
});

describe('validate without an answer', () => {
  it('a server that is not there is named with what to check', async () => {
    const result = await validate(provider('openai', 'http://127.0.0.1:1'));
    expect(result).toEqual({
      valid: false,
      latencyMs: expect.any(Number),
      error: 'http://127.0.0.1:1 cannot be reached (ECONNREFUSED). Check the address, and that the server runs.',
    });
  });

  it('a server that does not answer is given up after the time limit', async () => {
    const { origin } = await upstream(() => undefined);
    expect((await validate(provider('openai', origin))).error).toContain('did not answer within 0.3 seconds');
  });

  it('a redirect is not followed, so the key stays where it belongs', async () => {
    const thief = await upstream(() => ({ status: 200, body: { data: [] } }));
    const { origin } = await upstream(() => ({ status: 307, headers: { location: `${thief.origin}/v1/models` } }));
    expect(await validate(provider('openai', origin))).toMatchObject({ valid: false, statusCode: 307 });
    expect(thief.asked).toEqual([]);
  });

  it('no key where one is needed is told without asking', async () => {
    const { origin, asked } = await upstream(() => ({ status: 200 }));
    expect(await temporaryAccounts([provider('openai', origin)]).accounts.validate('openai', undefined)).toEqual({
      valid: false,
      latencyMs: 0,
      error: 'Acme needs an API key. It is made at https://acme.example/keys.',
    });
    expect(asked).toEqual([]);
  });
});

describe('the key', () => {
  it('never appears in a result, whatever the provider echoes', async () => {
    for (const status of [400, 401, 403, 404, 500]) {
      const { origin } = await upstream(({ headers, url }) => ({
        status,
        body: { error: { message: `Bad ${headers['authorization']} ${encodeURIComponent(key.reveal())} at ${url}` } },
      }));
      const { accounts, store, log } = temporaryAccounts([provider('openai', origin)]);
      const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work' });
      const seen = [await accounts.test(id), accounts.list(), store.connections.list(), log.lines];
      const failure = await accounts.fetchModels(id).catch((error: unknown) => error);
      const text = `${JSON.stringify(seen)} ${String(failure)}`;
      expect(text).toContain('[key]');
      expect(text).not.toContain('0123456789');
    }
  });
});
