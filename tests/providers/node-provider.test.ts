import { describe, expect, it } from 'vitest';
import { OmniError } from '../../core/base/errors.ts';
import { type CustomNode, nodeProvider } from '../../core/providers/node-provider.ts';

function node(change: Partial<CustomNode>): CustomNode {
  const base = { id: 'node1', name: 'My node', prefix: 'mine', baseUrl: 'http://127.0.0.1:9000/v1' } as const;
  return { ...base, type: 'openai-compatible', ...change };
}
function urls(change: Partial<CustomNode>): { url: string; models: string; count: string | undefined } {
  const { hosts, endpoints, modelList } = nodeProvider(node(change));
  const [{ path, countTokensPath }] = endpoints;
  const count = countTokensPath === undefined ? undefined : hosts.api + countTokensPath;
  return { url: hosts.api + path, models: hosts.api + (modelList?.path ?? '?'), count };
}

describe('nodeProvider', () => {
  it.each([
    [{}, 'http://127.0.0.1:9000/v1/chat/completions', 'http://127.0.0.1:9000/v1/models'],
    [{ apiType: 'chat' }, 'http://127.0.0.1:9000/v1/chat/completions', 'http://127.0.0.1:9000/v1/models'],
    [{ apiType: 'responses' }, 'http://127.0.0.1:9000/v1/responses', 'http://127.0.0.1:9000/v1/models'],
    [{ baseUrl: 'https://h.test/v1/' }, 'https://h.test/v1/chat/completions', 'https://h.test/v1/models'],
    [{ baseUrl: 'https://h.test/v1///' }, 'https://h.test/v1/chat/completions', 'https://h.test/v1/models'],
    [{ baseUrl: ' https://h.test/a/b/v1 ' }, 'https://h.test/a/b/v1/chat/completions', 'https://h.test/a/b/v1/models'],
    [
      { baseUrl: 'https://h.test/v1/chat/completions' },
      'https://h.test/v1/chat/completions',
      'https://h.test/v1/models',
    ],
    [
      { apiType: 'responses', baseUrl: 'https://h.test/v1/responses/' },
      'https://h.test/v1/responses',
      'https://h.test/v1/models',
    ],
    [{ type: 'anthropic-compatible' }, 'http://127.0.0.1:9000/v1/messages', 'http://127.0.0.1:9000/v1/models'],
    [
      { type: 'anthropic-compatible', baseUrl: 'https://h.test/v1/messages' },
      'https://h.test/v1/messages',
      'https://h.test/v1/models',
    ],
    [
      { type: 'gemini-compatible', baseUrl: 'https://h.test/v1beta' },
      'https://h.test/v1beta/models/{model}:{action}',
      'https://h.test/v1beta/models',
    ],
    [
      { type: 'gemini-compatible', baseUrl: 'https://h.test/v1beta/models/gemini-2.5-pro:generateContent' },
      'https://h.test/v1beta/models/{model}:{action}',
      'https://h.test/v1beta/models',
    ],
    [
      { type: 'gemini-compatible', baseUrl: 'https://h.test/v1beta/models/{model}:{action}' },
      'https://h.test/v1beta/models/{model}:{action}',
      'https://h.test/v1beta/models',
    ],
  ] satisfies [Partial<CustomNode>, string, string][])('assembles the URLs of %o', (change, url, models) => {
    expect(urls(change)).toMatchObject({ url, models });
  });

  it('counts tokens where the protocol has a call for it', () => {
    expect(urls({ type: 'anthropic-compatible' }).count).toBe('http://127.0.0.1:9000/v1/messages/count_tokens');
    expect(urls({ type: 'gemini-compatible' }).count).toBe('http://127.0.0.1:9000/v1/models/{model}:countTokens');
    expect(urls({}).count).toBeUndefined();
  });

  it('sends the key as each protocol does', () => {
    const auth = (type: CustomNode['type']): unknown => nodeProvider(node({ type })).endpoints[0].auth;
    expect(auth('openai-compatible')).toEqual({ header: 'authorization', prefix: 'Bearer ' });
    expect(auth('anthropic-compatible')).toEqual({ header: 'x-api-key' });
    expect(auth('gemini-compatible')).toEqual({ header: 'x-goog-api-key' });
    expect(nodeProvider(node({ type: 'anthropic-compatible' })).endpoints[0].headers).toEqual({
      'anthropic-version': '2023-06-01',
    });
  });

  it('is the node to the rest of the core: its id, its prefix, no key needed', () => {
    const provider = nodeProvider(node({}));
    expect(provider).toMatchObject({ id: 'node1', alias: 'mine', tier: 'own', key: 'optional', custom: true });
    expect(provider.embeddings).toEqual({ path: '/embeddings' });
    expect(provider.quirks).toBeUndefined();
  });

  it('D.15-16: a node at Mistral deviates as Mistral does', () => {
    const names = nodeProvider(node({ baseUrl: 'https://api.mistral.ai/v1' })).quirks?.map(({ name }) => name);
    expect(names).toContain('mistral-tool-ids');
  });

  it.each([
    ['localhost:9000/v1', 'http://'],
    ['ftp://h.test/v1', 'http://'],
    ['not a url', 'not a complete URL'],
    ['https://user:pass@h.test/v1', 'user name'],
    ['https://h.test/v1?key=1', 'query'],
    ['https://h.test/v1?', 'query'],
    ['https://h.test/v1#top', 'fragment'],
    ['', 'not a complete URL'],
  ])('refuses the base %s and says why', (baseUrl, why) => {
    const attempt = (): unknown => nodeProvider(node({ baseUrl }));
    expect(attempt).toThrow(OmniError);
    expect(attempt).toThrow(why);
    expect(attempt).toThrow('"My node"');
  });
});
