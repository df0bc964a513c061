import { describe, expect, it } from 'vitest';
import { errorFormat, matchRoute, normalPath } from '../../core/gateway/routes.ts';

const kindOf = (method: string, path: string): unknown => {
  const match = matchRoute(method, path);
  return match.type === 'route' ? match.route : match.type;
};

describe('paths', () => {
  it.each([
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/v1/v1/models', '/v1/models'],
    ['/chat/completions', '/v1/chat/completions'],
    ['/responses', '/v1/responses'],
    ['/messages/count_tokens', '/v1/messages/count_tokens'],
    ['/models/a/b', '/v1/models/a/b'],
    ['/v1/models/', '/v1/models'],
    ['/v1/v1beta/models', '/v1beta/models'],
    ['/', '/'],
    ['/messagesx', '/messagesx'],
    ['/v1', '/v1'],
    ['//', '/'],
    ['/v1/models///', '/v1/models'],
    ['//v1/messages', '/v1/messages'],
    ['/v1//chat/completions', '/v1/chat/completions'],
    ['/v1beta/v1beta/models/a', '/v1beta/models/a'],
    ['/v1beta/v1/models/a', '/v1/models/a'],
    ['/v1betax/v1', '/v1betax/v1'],
    ['/api/v1/chat/completions', '/v1/chat/completions'],
    ['//api/chat', '/api/chat'],
    ['/api/v1x', '/api/v1x'],
    ['/api/providers', '/api/providers'],
  ])('%s is %s', (path, normal) => {
    expect(normalPath(path)).toBe(normal);
  });
});

describe('routes', () => {
  it.each([
    ['POST', '/v1/chat/completions', 'openai-chat'],
    ['POST', '/v1/responses', 'openai-responses'],
    ['POST', '/v1/messages', 'anthropic-messages'],
    ['POST', '/v1/api/chat', 'ollama-chat'],
    ['POST', '/api/chat', 'ollama-chat'],
  ])('%s %s decides the format by the endpoint', (method, path, format) => {
    expect(kindOf(method, path)).toMatchObject({ kind: 'generate', format });
  });

  it.each(['/v1beta', '/v1'])('%s/models/{m}:{action} takes ids with slashes and colons', (prefix) => {
    expect(kindOf('POST', `${prefix}/models/node/org/model:free:streamGenerateContent`)).toEqual({
      kind: 'gemini',
      model: 'node/org/model:free',
      action: 'streamGenerateContent',
    });
    expect(kindOf('POST', `${prefix}/models/a%2Fb:countTokens`)).toEqual({
      kind: 'gemini',
      model: 'a/b',
      action: 'countTokens',
    });
    expect(kindOf('POST', `${prefix}/node/some-model:generateContent`)).toEqual({
      kind: 'gemini',
      model: 'node/some-model',
      action: 'generateContent',
    });
    expect(kindOf('GET', `${prefix}/models/a%2Fb`)).toMatchObject({ kind: 'model', id: 'a/b' });
  });

  it('knows the dedicated provider routes', () => {
    expect(kindOf('POST', '/v1/providers/groq/chat/completions')).toMatchObject({ kind: 'generate', provider: 'groq' });
    expect(kindOf('POST', '/v1/providers/groq/embeddings')).toEqual({ kind: 'embeddings', provider: 'groq' });
  });

  it('tells wrong methods, unknown paths and foreign ones apart', () => {
    expect(matchRoute('GET', '/v1/messages')).toEqual({ type: 'wrong-method', allowed: ['POST'] });
    expect(matchRoute('POST', '/v1/models')).toEqual({ type: 'wrong-method', allowed: ['GET', 'HEAD'] });
    expect(matchRoute('GET', '/v1beta/models/x:generateContent')).toEqual({ type: 'wrong-method', allowed: ['POST'] });
    expect(kindOf('GET', '/v1/models/ollama/llama3:8b')).toMatchObject({ kind: 'model', id: 'ollama/llama3:8b' });
    expect(kindOf('POST', '/v1/nothing')).toBe('unknown');
    expect(kindOf('GET', '/api/providers')).toBe('foreign');
    expect(kindOf('GET', '/providers')).toBe('foreign');
    expect(kindOf('GET', '/providers/groq')).toBe('foreign');
    expect(kindOf('POST', '/providers/groq/embeddings')).toMatchObject({ kind: 'embeddings' });
    expect(kindOf('HEAD', '/')).toEqual({ kind: 'root' });
    expect(kindOf('GET', '/v1/responses')).toEqual({ kind: 'responses-socket' });
    expect(kindOf('POST', '/constructor')).toBe('foreign');
  });

  it('answers errors in the protocol the path belongs to', () => {
    expect(errorFormat('/v1/messages/count_tokens', {})).toBe('anthropic-messages');
    expect(errorFormat('/v1beta/anything', {})).toBe('gemini');
    expect(errorFormat('/v1/models/x:generateContent', {})).toBe('gemini');
    expect(errorFormat('/v1/models/x:embedContent', {})).toBe('gemini');
    expect(errorFormat('/v1/models/ollama/llama3:8b', {})).toBe('openai-chat');
    expect(errorFormat('/v1/models', { 'anthropic-version': '2023-06-01' })).toBe('anthropic-messages');
    expect(errorFormat('/api/chat', {})).toBe('ollama-chat');
    expect(errorFormat('/responses', {})).toBe('openai-responses');
    expect(errorFormat('/v1/nothing', {})).toBe('openai-chat');
  });

  it('reads a path of thousands of slashes without taking long', () => {
    const startedMs = performance.now();
    for (let count = 0; count < 50; count += 1) normalPath(`/${'/'.repeat(15_000)}x`);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
