import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const messages = [{ role: 'user', content: 'hi' }];
const USAGE =
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":17,"total_tokens":1017}}';

describe('usage that comes after the finish reason', () => {
  let core: TestCore;
  let upstream: Upstream;
  beforeAll(async () => {
    core = await startCore();
    upstream = await startUpstream((_received, response) => {
      sendSse(response, [chatChunk({ content: 'all of it' }), chatChunk({}, 'stop')], false);
      setTimeout(() => sendSse(response, [USAGE, 'data: [DONE]']), 40);
    });
    await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  });
  afterAll(async () => {
    await core.stop();
    await upstream.close();
  });

  it.each([
    ['/v1/chat/completions', { messages }, 'data: [DONE]'],
    ['/v1/messages', { max_tokens: 9, messages }, 'event: message_stop'],
    ['/v1/responses', { input: 'hi' }, 'event: response.completed'],
  ])('%s: is counted though all content and the finish reason came in the first piece', async (path, body, end) => {
    const before = await core.manage('GET', '/api/usage/history');
    const response = await core.post(path, { ...body, model: 'chat/m', stream: true });
    expect(await response.text()).toContain(end);
    const after = await core.manage('GET', '/api/usage/history');
    expect(Number(after['totalPromptTokens']) - Number(before['totalPromptTokens'])).toBe(1_000);
    expect(Number(after['totalCompletionTokens']) - Number(before['totalCompletionTokens'])).toBe(17);
  });
});
