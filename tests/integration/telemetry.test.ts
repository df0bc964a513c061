/** Percentiles, phases, sessions and health of a real core, from requests whose times are known. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const HEADERS_MS = 150;
const CONTENT_MS = 300;
const REST_MS = 200;
let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let connectionId: string;

/** Headers, the first content and the end come at times of their own. */
async function slowStream(): Promise<void> {
  upstream.answer((_received, response) => {
    setTimeout(() => sendSse(response, [': waiting'], false), HEADERS_MS);
    setTimeout(() => sendSse(response, [chatChunk({ content: 'Hel' })], false), HEADERS_MS + CONTENT_MS);
    const end = [chatChunk({ content: 'lo' }, 'stop'), 'data: [DONE]'];
    setTimeout(() => sendSse(response, end), HEADERS_MS + CONTENT_MS + REST_MS);
  });
  await (await ask({ stream: true })).text();
}
const ask = (extra: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }], ...extra }, headers);

beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  core = await startCore();
  ({ nodeId, connectionId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

it('tells how long providers take, and in which phase', async () => {
  await slowStream();
  const summary = await core.manage('GET', '/api/telemetry/summary?windowMs=60000');
  expect(summary).toMatchObject({ count: 1, requests: 1, failures: 0, windowMs: 60_000, relativeError: 0.044 });
  const wholeMs = HEADERS_MS + CONTENT_MS + REST_MS;
  const near = (actual: unknown, expectedMs: number): void => {
    // The error of the buckets and, between phases, what a late timer of a busy machine takes from the one behind it.
    expect(Number(actual)).toBeGreaterThan(expectedMs * 0.7);
    expect(Number(actual)).toBeLessThan(expectedMs * 1.05 + 2_000);
  };
  near(summary['p50'], wholeMs);
  near(asObject(summary['firstContent'])?.['p95'], HEADERS_MS + CONTENT_MS);
  const phases = asObject(summary['phaseBreakdown']) ?? {};
  expect(Object.keys(phases)).toEqual(
    expect.arrayContaining(['parse', 'policy', 'resolve', 'connect', 'firstContent', 'stream', 'finalize']),
  );
  near(asObject(phases['connect'])?.['p50'], HEADERS_MS);
  near(asObject(phases['firstContent'])?.['p50'], CONTENT_MS);
  near(asObject(phases['stream'])?.['p50'], REST_MS);
  const speed = asObject(asObject(summary['byProvider'])?.[nodeId]);
  near(asObject(speed?.['latency'])?.['p99'], wholeMs);
});

it('a failure counts as such and leaves the times alone', async () => {
  upstream.answer((_received, response) => sendJson(response, { error: { message: 'down' } }, 500));
  await ask();
  const summary = await core.manage('GET', '/api/telemetry/summary');
  expect(summary).toMatchObject({ count: 1, requests: 2, failures: 1 });
  const { metrics } = await core.manage('GET', '/api/provider-metrics');
  expect(asObject(metrics)?.[nodeId]).toMatchObject({
    ...{ totalRequests: 2, totalSuccesses: 1, successRate: 50 },
    lastHour: { requests: 2, failures: 1, latency: { count: 1 } },
  });
});

it('tells who uses the gateway, by the conversation where the client names it', async () => {
  upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
  await core.manage('POST', '/api/resilience/reset');
  for (const session of ['one', 'one', 'two'])
    await ask({}, { 'x-session-id': session, 'user-agent': 'codex_cli_rs/1.0' });
  const { sessions } = await core.manage('GET', '/api/sessions');
  expect(objectsOf(sessions).slice(0, 2)).toMatchObject([
    { id: 'two', isNamed: true, client: 'codex_cli_rs', requests: 1, tokens: 10, account: 'up account' },
    { id: 'one', requests: 2, tokens: 20, connectionId },
  ]);
});

it('health tells of program, providers and storage; resetting it closes what is open', async () => {
  expect(await core.manage('GET', '/api/monitoring/health')).toMatchObject({
    status: 'healthy',
    system: { version: '0.0.0-test', pid: process.pid, platform: process.platform },
    activeRequests: 0,
    providerHealth: { [nodeId]: { state: 'CLOSED', requestsLastHour: 5, failuresLastHour: 1 } },
    setupComplete: true,
  });
  expect(await core.manage('DELETE', '/api/monitoring/health')).toMatchObject({ success: true });
  const storage = await core.manage('GET', '/api/storage/health');
  expect(storage).toMatchObject({ driver: 'sqlite', lastBackupAt: null, backupCount: 0, retentionDays: 90 });
  expect(Number(storage['fileBytes'])).toBeGreaterThan(10_000);
});

it('the request log can be emptied; the sums stay', async () => {
  const before = await core.manage('GET', '/api/usage/history');
  expect(await core.manage('DELETE', '/api/usage/call-logs')).toEqual({ success: true, removed: 5 });
  expect((await core.manage('GET', '/api/usage/call-logs'))['logs']).toEqual([]);
  expect((await core.manage('GET', '/api/usage/history'))['totalRequests']).toBe(before['totalRequests']);
});
