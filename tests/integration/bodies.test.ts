/** Bodies in the request log: only when asked for, as the client saw them, without secrets, and never for a key that says no. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

const PASTED = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz';
let core: TestCore;
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  core = await startCore();
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1`, apiKey: 'an-odd-upstream-secret' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const ask = (extra: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  core.post(
    '/v1/chat/completions',
    { model: 'up/m', messages: [{ role: 'user', content: `Hi ${PASTED}` }], ...extra },
    headers,
  );

async function newest(): Promise<JsonObject> {
  const { logs } = await core.manage('GET', '/api/usage/call-logs?limit=1');
  return core.manage('GET', `/api/usage/call-logs/${String(objectsOf(logs)[0]?.['id'])}`);
}
const bodies = async (): Promise<JsonObject> => {
  await expect.poll(async () => (await newest())['responseBody'], { timeout: 10_000 }).toBeDefined();
  return newest();
};

it('nothing is kept unless it is asked for', async () => {
  await (await ask()).text();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await newest()).not.toHaveProperty('requestBody');
});

it('an answer is kept as the client got it, without what was pasted', async () => {
  await core.manage('PATCH', '/api/settings', { enableRequestLogs: true });
  const text = await (await ask()).text();
  const { requestBody, responseBody } = await bodies();
  expect(responseBody).toBe(text);
  expect(requestBody).toBe('{"model":"up/m","messages":[{"role":"user","content":"Hi [key]"}]}');
});

it('a stream is kept as its frames, byte for byte', async () => {
  upstream.answer((_received, response) =>
    sendSse(response, [
      chatChunk({ role: 'assistant', content: 'Hel' }),
      chatChunk({ content: 'lo' }, 'stop'),
      'data: [DONE]',
    ]),
  );
  const passed = await (await ask({ stream: true })).text();
  expect((await bodies())['responseBody']).toBe(passed);
  const messages = { model: 'up/m', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] };
  const translated = await (await core.post('/v1/messages', messages)).text();
  expect(translated).toContain('event: message_stop');
  expect((await bodies())['responseBody']).toBe(translated);
});

it('an error is kept too, without the key that the provider repeats', async () => {
  upstream.answer((_received, response) =>
    sendJson(
      response,
      { error: { message: 'Bad request for an-odd-upstream-secret', type: 'invalid_request_error' } },
      400,
    ),
  );
  const response = await ask();
  expect(response.status).toBe(400);
  const kept = asString((await bodies())['responseBody']) ?? '';
  expect(kept).toContain('Bad request for [key]');
});

it('a key may say that its bodies are never kept, and change its mind', async () => {
  upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
  const { key, id, noLog } = await core.manage('POST', '/api/keys', { name: 'quiet', noLog: true });
  expect(noLog).toBe(true);
  const headers = { authorization: `Bearer ${String(key)}` };
  await (await ask({}, headers)).text();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await newest()).toMatchObject({ apiKeyName: 'quiet' });
  expect(await newest()).not.toHaveProperty('responseBody');
  expect(await core.manage('PATCH', `/api/keys/${String(id)}`, { noLog: false })).toMatchObject({
    key: { noLog: false },
  });
  await (await ask({}, headers)).text();
  expect(await bodies()).toMatchObject({ apiKeyName: 'quiet' });
});
