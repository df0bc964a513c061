/** Pitfall 28: a request whose targets all fail ends, after a bounded number of attempts. */
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
