/** Pitfalls 28 and 33: a request ends after a bounded number of attempts, and holds a bounded part of an answer that says nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ATTEMPTS_MAX = 20;
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) =>
    sendJson(response, { error: { message: 'no such model', code: 'model_not_found' } }, 404),
  );
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
  const models = Array.from({ length: 30 }, (_, at) => `up/m${at}`);
  await core.manage('POST', '/api/combos', { name: 'long', models });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

it('thirty targets that fail are given up after twenty', async () => {
  const startedMs = performance.now();
  const response = await core.post('/v1/chat/completions', {
    model: 'long',
    messages: [{ role: 'user', content: 'hi' }],
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(upstream.received).toHaveLength(ATTEMPTS_MAX);
  expect(new Set(upstream.received.map(({ body }) => body['model'])).size).toBe(ATTEMPTS_MAX);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});

it.each([
  ['comments', ': still here\n\n'],
  ['empty deltas', 'data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}\n\n'],
])(
  'a stream of nothing but %s is not held without end',
  async (_name, frame) => {
    let sentBytes = 0;
    const piece = frame.repeat(4_000);
    upstream.answer((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = (): void => {
        while (!response.destroyed && sentBytes < 200_000_000) {
          sentBytes += piece.length;
          if (!response.write(piece)) return;
        }
      };
      response.on('drain', more);
      more();
    });
    const response = await core.post('/v1/chat/completions', {
      model: 'up/m',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
    });
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('nothing of an answer')]);
    expect(sentBytes).toBeLessThan(64_000_000);
  },
  30_000,
);
