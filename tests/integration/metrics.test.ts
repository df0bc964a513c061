/** `/metrics` of a real core: off, shut, then what requests left there, in Prometheus' text. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let key: string;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  core = await startCore();
  ({ nodeId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
  key = String((await core.manage('POST', '/api/keys', { name: 'prometheus', scopes: ['management'] }))['key']);
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const ask = (extra: object = {}): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }], ...extra });
const scrape = (headers: Record<string, string> = { authorization: `Bearer ${key}` }): Promise<Response> =>
  fetch(`${core.url}/metrics`, { headers });

/** The value of a sample, by its name and labels in any order; what the text format says a line is. */
function sample(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  for (const line of text.split('\n')) {
    const [, found, inside = '', value] = /^([a-z_]+)(?:\{(.*)\})? ([^ ]+)$/.exec(line) ?? [];
    if (found !== name) continue;
    const has = Object.entries(labels).every(([label, wanted]) => inside.includes(`${label}="${wanted}"`));
    if (has) return Number(value);
  }
  return undefined;
}

it('is off until it is switched on, and shut to those without a management key', async () => {
  expect((await scrape()).status).toBe(404);
  await core.manage('PATCH', '/api/settings', { enableMetrics: true });
  expect((await scrape({})).status).toBe(401);
  const { key: inference } = await core.manage('POST', '/api/keys', { name: 'other' });
  expect((await scrape({ authorization: `Bearer ${String(inference)}` })).status).toBe(403);
  expect((await scrape({ cookie: core.cookie })).status).toBe(200);
});

it('tells requests, tokens, times, attempts and how routing stands', async () => {
  await ask();
  upstream.answer((_received, response) =>
    sendSse(response, [chatChunk({ content: 'Hello' }), chatChunk({}, 'stop'), 'data: [DONE]']),
  );
  await (await ask({ stream: true })).text();
  upstream.answer((_received, response) =>
    sendJson(response, { error: { message: 'slow' } }, 429, { 'retry-after': '60' }),
  );
  await ask();
  const response = await scrape();
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const place = { provider: nodeId, model: 'm' };
  expect(sample(text, 'omniroute_requests_total', { ...place, outcome: 'ok' })).toBe(2);
  expect(sample(text, 'omniroute_requests_total', { ...place, outcome: 'error' })).toBe(1);
  expect(sample(text, 'omniroute_tokens_total', { ...place, kind: 'input' })).toBeGreaterThanOrEqual(7);
  expect(sample(text, 'omniroute_attempts_total', { provider: nodeId, outcome: 'error' })).toBe(1);
  expect(sample(text, 'omniroute_cooldowns', { provider: nodeId })).toBe(1);
  expect(sample(text, 'omniroute_breaker_state', { provider: nodeId })).toBe(0);
  expect(sample(text, 'omniroute_active_requests')).toBe(0);
  expect(sample(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  const labels = { gen_ai_operation_name: 'chat', gen_ai_provider_name: nodeId };
  expect(sample(text, 'gen_ai_client_operation_duration_seconds_count', { ...labels, error_type: '' })).toBe(2);
  expect(sample(text, 'gen_ai_client_operation_time_to_first_chunk_seconds_count', labels)).toBe(1);
  expect(sample(text, 'gen_ai_client_token_usage_count', { ...labels, gen_ai_token_type: 'output' })).toBe(2);
});

it('holds its labels to a number, however many models are asked for', async () => {
  upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
  await core.manage('POST', '/api/resilience/reset');
  for (let from = 0; from < 400; from += 20)
    await Promise.all(Array.from({ length: 20 }, (_unused, at) => ask({ model: `up/model-${from + at}` })));
  const text = await (await scrape()).text();
  const series = text.split('\n').filter((line) => line.startsWith('omniroute_requests_total{'));
  expect(series.length).toBeLessThan(310);
  expect(sample(text, 'omniroute_requests_total', { provider: nodeId, model: 'other', outcome: 'ok' })).toBeGreaterThan(
    90,
  );
});
