/** What a request used is recorded and charged though its client left, or its answer broke off, before anybody counted it. */
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asNumber, asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import {
  chatAnswer,
  chatChunk,
  namedEvent,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
const messages = [{ role: 'user', content: 'word '.repeat(800) }];

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('hello')));
  const chat = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
  await core.manage('PATCH', '/api/pricing', { [chat.nodeId]: { m: { input: 1_000, output: 1_000 } } });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(() => core.manage('POST', '/api/resilience/reset'));

/** Asks, and leaves once `until` is there; the row that was written. */
async function leaving(path: string, body: object, until: 'called' | 'content', headers = {}): Promise<JsonObject> {
  const called = upstream.received.length;
  const client = new AbortController();
  const asked = fetch(core.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: client.signal,
  });
  asked.catch(() => undefined);
  if (until === 'called') await expect.poll(() => upstream.received.length).toBeGreaterThan(called);
  else await (await asked).body?.getReader().read();
  const before = await newest();
  await new Promise((resolve) => setTimeout(resolve, 100));
  client.abort();
  await expect.poll(async () => (await newest())['id']).not.toBe(before['id']);
  return newest();
}

async function newest(): Promise<JsonObject> {
  return objectsOf((await core.manage('GET', '/api/usage/call-logs?limit=1'))['logs'])[0] ?? {};
}

const started = namedEvent('message_start', {
  message: {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'real-model', content: [], stop_reason: null },
    usage: { input_tokens: 400, cache_read_input_tokens: 600, output_tokens: 1 },
  },
});
const textStarted = namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
const text = (words: string): string =>
  namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: words } });
const spoken = (response: ServerResponse): void => {
  sendSse(response, [started, textStarted, ...Array.from({ length: 40 }, () => text('0123456789'.repeat(10)))], false);
};
const message = { model: 'anth/m', max_tokens: 9_000, messages, stream: true };

describe('an Anthropic stream that is not heard to its end', () => {
  it('is charged for what was said until its client left, not for the count that opened it', async () => {
    upstream.answer((_received, response) => spoken(response));
    const row = await leaving('/v1/messages', message, 'content');
    expect(row).toMatchObject({ outcome: 'cancelled', tokensIn: 1_000, tokensCached: 600, isEstimated: true });
    expect(asNumber(row['tokensOut'])).toBeGreaterThan(900);
    expect(asNumber(row['tokensOut'])).toBeLessThan(1_100);
  });

  it('is charged for what was said until the provider broke off', async () => {
    upstream.answer((_received, response) => {
      spoken(response);
      setTimeout(() => response.destroy(), 50);
    });
    await (await core.post('/v1/messages', message)).text();
    const row = await newest();
    expect(row).toMatchObject({ outcome: 'cut', tokensIn: 1_000 });
    expect(asNumber(row['tokensOut'])).toBeGreaterThan(900);
  });

  it('is charged for its input when the client leaves before the first word', async () => {
    upstream.answer((_received, response) => sendSse(response, [started], false));
    expect(await leaving('/v1/messages', message, 'called')).toMatchObject({ outcome: 'cancelled', tokensIn: 1_000 });
  });
});

it.each([false, true])(
  'a client that leaves before the answer is charged for its question (stream %s)',
  async (stream) => {
    upstream.answer((_received, response) => {
      if (stream) sendSse(response, [chatChunk({ role: 'assistant', content: '' })], false);
    });
    const made = await core.manage('POST', '/api/keys', { name: `leaver ${stream}` });
    await core.manage('POST', '/api/usage/budget', { keyId: made['id'], limit: 1, period: 'daily' });
    const headers = { authorization: `Bearer ${asString(made['key']) ?? ''}` };
    const row = await leaving('/v1/chat/completions', { model: 'up/m', messages, stream }, 'called', headers);
    expect(row).toMatchObject({ outcome: 'cancelled', isEstimated: true, tokensOut: 0 });
    expect(asNumber(row['tokensIn'])).toBeGreaterThan(900);
    expect(asNumber(row['tokensIn'])).toBeLessThan(1_200);
    const refused = await core.post('/v1/chat/completions', { model: 'up/m', messages }, headers);
    expect([refused.status, asString(asObject(asObject(await refused.json())?.['error'])?.['message'])]).toEqual([
      429,
      expect.stringContaining('budget'),
    ]);
  },
);

it('a budget holds while the database takes no rows', async () => {
  upstream.answer((_received, response) => sendJson(response, chatAnswer('hello')));
  const made = await core.manage('POST', '/api/keys', { name: 'unrecorded' });
  await core.manage('POST', '/api/usage/budget', { keyId: made['id'], limit: 0.015, period: 'daily' });
  const headers = { authorization: `Bearer ${asString(made['key']) ?? ''}` };
  const ask = async () => (await core.post('/v1/chat/completions', { model: 'up/m', messages }, headers)).status;
  expect(await ask()).toBe(200);
  const database = new Database(join(core.dataDirectory, 'storage.sqlite'));
  try {
    database.exec('ALTER TABLE usage_history RENAME TO elsewhere');
    expect([await ask(), await ask()]).toEqual([200, 429]);
  } finally {
    database.exec('ALTER TABLE elsewhere RENAME TO usage_history');
    database.close();
  }
});

it('a count that the provider keeps up to date is taken as it is', async () => {
  upstream.answer((_received, response) => {
    const part = { inlineData: { mimeType: 'image/png', data: 'iVBORw0K'.repeat(20_000) } };
    const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 1_290, totalTokenCount: 1_299 };
    const chunk = { candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }], usageMetadata };
    sendSse(response, [`data: ${JSON.stringify(chunk)}`], false);
    setTimeout(() => response.destroy(), 50);
  });
  await core.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
  await (await core.post('/v1beta/models/gem/m:streamGenerateContent?alt=sse', { contents: [] })).text();
  expect(await newest()).toMatchObject({ outcome: 'cut', tokensIn: 9, tokensOut: 1_290 });
});

it('a picture is not estimated as if its bytes were words', async () => {
  upstream.answer((_received, response) => {
    sendSse(response, [chatChunk({ content: 'a cat' }), chatChunk({}, 'stop'), 'data: [DONE]']);
  });
  const url = `data:image/png;base64,${Buffer.alloc(600_000, 7).toString('base64')}`;
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url } },
  ];
  const body = { model: 'up/m', messages: [{ role: 'user', content }], stream: true };
  await (await core.post('/v1/chat/completions', body)).text();
  const row = await newest();
  expect(row).toMatchObject({ outcome: 'ok', isEstimated: true });
  expect(asNumber(row['tokensIn'])).toBeLessThan(1_500);
});
