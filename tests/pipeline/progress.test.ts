import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => {
    sendSse(response, [chatChunk({ content: 'twelve chars' })], false);
    setTimeout(
      () => sendSse(response, [chatChunk({ content: ' more' }), chatChunk({}, 'stop'), 'data: [DONE]']),
      2_300,
    );
  });
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const messages = [{ role: 'user', content: 'hi' }];
const ask = (path: string, headers: Record<string, string>): Promise<Response> =>
  core.post(path, { model: 'up/m', max_tokens: 99, stream: true, messages }, headers);
const eventsIn = (text: string): unknown[] =>
  [...text.matchAll(/event: progress\ndata: (.*)\n\n/g)].map(([, data = '']) => JSON.parse(data));

it.each(['/v1/chat/completions', '/v1/messages'])(
  '%s: progress while it is silent, and a last one before the end',
  async (path) => {
    const response = await ask(path, { 'x-omniroute-progress': 'true' });
    expect(response.headers.get('x-omniroute-progress')).toBe('enabled');
    const text = await response.text();
    expect(eventsIn(text)).toEqual([
      { tokens_generated: 3, elapsed_ms: expect.any(Number) },
      { tokens_generated: expect.any(Number), elapsed_ms: expect.any(Number), done: true },
    ]);
    expect(text.trimEnd()).toMatch(path.endsWith('messages') ? /"type":"message_stop"\}$/ : /data: \[DONE\]$/);
    const withoutProgress = text.replace(/event: progress\ndata: .*\n\n/g, '');
    expect(withoutProgress).toContain('twelve chars');
  },
);

it('counts the text of legacy completions', async () => {
  const body = { model: 'up/m', prompt: 'hi', stream: true };
  const response = await core.post('/v1/completions', body, { 'x-omniroute-progress': '1' });
  expect(eventsIn(await response.text())[0]).toMatchObject({ tokens_generated: 3 });
});

it('is never sent unasked', async () => {
  const response = await ask('/v1/chat/completions', {});
  expect(response.headers.get('x-omniroute-progress')).toBeNull();
  expect(await response.text()).not.toContain('progress');
});
