import { describe, expect, it } from 'vitest';
import { createHttpSend } from '../../core/accounts/http.ts';
import { Secret } from '../../core/base/secret.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { temporaryAccounts } from './temporary-accounts.ts';
import { provider, upstream, withoutList } from './upstream.ts';

function fetchModels(one: Provider): Promise<readonly string[]> {
  const { accounts } = temporaryAccounts([one]);
  const { id } = accounts.create({ provider: one.id, apiKey: new Secret('sk-1'), name: 'Work' });
  return accounts.fetchModels(id);
}

describe('fetchModels', () => {
  it('reads the OpenAI shape, and a bare array of it', async () => {
    const data = [{ id: 'org/a', object: 'model' }, { id: 'b' }, { name: 'no id' }, { id: 'b' }];
    const listed = await upstream(() => ({ status: 200, body: { object: 'list', data } }));
    const bare = await upstream(() => ({ status: 200, body: data }));
    expect(await fetchModels(provider('openai', listed.origin))).toEqual(['org/a', 'b']);
    expect(await fetchModels(provider('openai', bare.origin))).toEqual(['org/a', 'b']);
    expect(listed.asked[0]?.url).toBe('/v1/models');
  });

  it('reads all pages of the Anthropic shape', async () => {
    const { origin, asked } = await upstream(({ url }) => ({
      status: 200,
      body: url.includes('after_id=a')
        ? { data: [{ id: 'b', type: 'model' }], has_more: false, last_id: 'b' }
        : { data: [{ id: 'a', type: 'model' }], has_more: true, last_id: 'a' },
    }));
    expect(await fetchModels(provider('anthropic', origin))).toEqual(['a', 'b']);
    expect(asked.map(({ url }) => url)).toEqual(['/v1/models?limit=1000', '/v1/models?limit=1000&after_id=a']);
  });

  it('reads all pages of the Gemini shape, keeps what generates content, and strips models/', async () => {
    const { origin } = await upstream(({ url }) => ({
      status: 200,
      body: url.includes('pageToken=t%2F2')
        ? { models: [{ name: 'models/c' }] }
        : {
            models: [
              { name: 'models/a', supportedGenerationMethods: ['generateContent', 'countTokens'] },
              { name: 'models/b', supportedGenerationMethods: ['embedContent'] },
            ],
            nextPageToken: 't/2',
          },
    }));
    expect(await fetchModels(provider('gemini', origin))).toEqual(['a', 'c']);
  });

  it('reads the Ollama shape', async () => {
    const { origin, asked } = await upstream(() => ({
      status: 200,
      body: { models: [{ name: 'llama3:latest', model: 'llama3:latest' }, { name: 'old' }] },
    }));
    expect(await fetchModels(provider('ollama', origin))).toEqual(['llama3:latest', 'old']);
    expect(asked[0]?.url).toBe('/api/tags');
  });

  it.each([
    [401, 'upstream_auth'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_server_error'],
  ])('throws for %i', async (status, code) => {
    const { origin } = await upstream(() => ({ status, body: { error: { message: 'Not now' } } }));
    await expect(fetchModels(provider('openai', origin))).rejects.toMatchObject({ code, status, message: 'Not now' });
  });

  it.each([
    ['<html>', 200],
    ['{"data":"none"}', 200],
    ['', 302],
  ])('throws upstream_bad_response for %s with %i', async (body, status) => {
    const { origin } = await upstream(() => ({ status, body }));
    await expect(fetchModels(provider('openai', origin))).rejects.toMatchObject({ code: 'upstream_bad_response' });
  });

  it('says so where a provider lists nothing, and stops at a list without end', async () => {
    await expect(fetchModels(withoutList(provider('openai', 'http://127.0.0.1:9')))).rejects.toThrow(
      'Acme does not list its models. Add them by hand.',
    );
    const { origin, asked } = await upstream(() => ({
      status: 200,
      body: { data: [{ id: 'a' }], has_more: true, last_id: 'a' },
    }));
    expect(await fetchModels(provider('anthropic', origin))).toEqual(['a']);
    expect(asked).toHaveLength(20);
  });
});

describe('createHttpSend', () => {
  const get = (url: string, answerLimitBytes?: number) =>
    ({ method: 'GET', url, headers: {}, ...(answerLimitBytes !== undefined && { answerLimitBytes }) }) as const;

  it('bounds the answer at 1 MiB, or at what the request says', async () => {
    const { origin } = await upstream(() => ({ status: 200, body: 'x'.repeat(1024 * 1024 + 1) }));
    const send = createHttpSend();
    const { signal } = new AbortController();
    await expect(send(get(origin), signal)).rejects.toMatchObject({
      code: 'upstream_bad_response',
      message: `${origin} answered with more than 1048576 bytes.`,
    });
    expect((await send(get(origin, 2_000_000), signal)).body).toHaveLength(1024 * 1024 + 1);
  });

  it('gives up when its caller does', async () => {
    const { origin } = await upstream(() => undefined);
    const stop = new AbortController();
    const answer = createHttpSend()(get(origin), stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(answer).rejects.toMatchObject({ code: 'client_closed' });
  });
});
