/** A request of our own that took too long is given up, as when a client leaves: no account is blamed for our patience. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let hangs = false;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream(({ path }, response) => {
    if (!path.endsWith('/embeddings')) return sendJson(response, chatAnswer('answer'));
    if (!hangs) sendJson(response, { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1, 0] }] });
  });
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const ask = async (content: string): Promise<string | null> => {
  const body = { model: 'up/m', temperature: 0, messages: [{ role: 'user', content }] };
  const response = await core.post('/v1/chat/completions', body);
  await response.text();
  return response.headers.get('x-omniroute-cache');
};

it('an embedding that hangs counts against neither the account that was called nor the one that was not', async () => {
  const { nodeId } = await core.addNode({ prefix: 'slow', baseUrl: `${upstream.url}/v1` });
  await core.manage('POST', '/api/providers', { provider: nodeId, apiKey: 'sk-other', name: 'other' });
  const similar = { enabled: true, model: 'slow/embedder', threshold: 0.95 };
  const memory = { enabled: true, maxEntries: 500, maxMemoryBytes: 33_554_432, ttlMs: 3_600_000 };
  await core.manage('PATCH', '/api/settings', { answerCache: { ...memory, similar } });
  expect(await ask('Why is the sky blue?')).toBe('MISS');
  await expect
    .poll(async () => ((await core.manage('GET', '/api/cache'))['similarAnswers'] as { entries: number }).entries)
    .toBe(1);
  hangs = true;
  expect(await ask('What makes the sky blue?')).toBe('MISS');
  expect(upstream.received.filter(({ path }) => path.endsWith('/embeddings'))).toHaveLength(2);
  const { circuitBreakers, cooldowns } = await core.manage('GET', '/api/resilience');
  expect(cooldowns).toEqual([]);
  expect(objectsOf(circuitBreakers).find(({ name }) => name === nodeId)).toMatchObject({ failureCount: 0 });
});
