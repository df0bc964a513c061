/** Live events of a real core: a request from its begin to its row, an account that is refused, a breaker that opens. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { type EventReader, readEvents } from '../support/event-source.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const ASK = { model: 'up/real-model', messages: [{ role: 'user', content: 'Hi' }] };
let core: TestCore;
let upstream: Upstream;
let reader: EventReader;
let connectionId: string;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  core = await startCore();
  ({ connectionId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
  reader = await readEvents(`${core.url}/api/live`, { cookie: core.cookie });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

it('a request is told from its begin to its row', async () => {
  await core.post('/v1/chat/completions', ASK, { 'user-agent': 'codex_cli_rs/1.0' });
  const started = await reader.until(({ type }) => type === 'request-started');
  expect(started).toMatchObject({ model: 'up/real-model', client: 'codex_cli_rs', stream: false });
  const { id } = started;
  expect(await reader.until(({ type }) => type === 'request-routed')).toMatchObject({ id, connectionId, attempt: 1 });
  expect(await reader.until(({ type }) => type === 'request-ended')).toMatchObject({
    ...{ id, outcome: 'ok', status: 200, tokensInput: 7, tokensOutput: 3, model: 'real-model' },
  });
  const { logs } = await core.manage('GET', '/api/usage/call-logs');
  expect(objectsOf(logs).map((entry) => entry['id'])).toContain(id);
});

it('a stream under way shows in the snapshot and the history until it ends', async () => {
  let finish = (): void => undefined;
  upstream.answer((_received, response) => {
    sendSse(response, [chatChunk({ role: 'assistant', content: 'Hel' })], false);
    finish = () => sendSse(response, [chatChunk({ content: 'lo' }, 'stop'), 'data: [DONE]']);
  });
  const response = await core.post('/v1/chat/completions', { ...ASK, stream: true });
  const [active] = objectsOf((await core.manage('GET', '/api/live/snapshot'))['active']);
  expect(active).toMatchObject({ connectionId, account: 'up account', isAnswering: true, stream: true, attempts: 1 });
  expect(await core.manage('GET', '/api/usage/history')).toMatchObject({
    ...{ pending: 1, activeRequests: [{ model: 'real-model', account: 'up account', count: 1 }] },
  });
  finish();
  await response.text();
  expect((await core.manage('GET', '/api/live/snapshot'))['active']).toEqual([]);
});

it('a refused key, its recovery and a breaker that opens are told', async () => {
  upstream.answer((_received, response) => sendJson(response, { error: { message: 'Incorrect API key' } }, 401));
  await core.post('/v1/chat/completions', ASK);
  expect(await reader.until(({ type, state }) => type === 'account-changed' && state === 'refused')).toMatchObject({
    connectionId,
  });
  await core.manage('POST', '/api/resilience/reset', {});
  upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
  await core.post('/v1/chat/completions', ASK);
  expect(await reader.until(({ state, provider }) => state === 'good' && provider === undefined)).toMatchObject({
    connectionId,
  });
  upstream.answer((_received, response) => sendJson(response, { error: { message: 'down' } }, 500));
  for (let count = 0; count < 8; count += 1) {
    await core.post('/v1/chat/completions', ASK);
    await core.manage('POST', '/api/models/availability', { provider: 'up', model: 'real-model' });
  }
  await reader.until(({ type, state }) => type === 'account-changed' && state === 'resting');
});

it('what was written is told, and the end of the core ends the stream', async () => {
  await core.manage('POST', '/api/keys', { name: 'mine' });
  expect(await reader.until(({ type }) => type === 'configuration-changed')).toMatchObject({ area: 'routing' });
  await core.manage('PATCH', '/api/settings', { theme: 'dark' });
  await reader.until(({ type, area }) => type === 'configuration-changed' && area === 'settings');
  const stopping = core.stop();
  await reader.ended;
  await stopping;
});
