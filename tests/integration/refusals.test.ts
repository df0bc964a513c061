/** What a refusal says counts, however its words come: late, never, cut, without end, or inside a stream. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
let refusing: Upstream;
let good: Upstream;
const hi = [{ role: 'user', content: 'hi' }];

beforeAll(async () => {
  core = await startCore();
  refusing = await startUpstream(() => undefined);
  good = await startUpstream((received, response) =>
    received.body['stream'] === true
      ? sendSse(response, [chatChunk({ content: 'good' }), chatChunk({}, 'stop'), 'data: [DONE]'])
      : sendJson(response, chatAnswer('good')),
  );
  await core.addNode({ prefix: 'no', baseUrl: `${refusing.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${refusing.url}/v1`, type: 'anthropic-compatible' });
  await core.addNode({ prefix: 'resp', baseUrl: `${refusing.url}/v1`, apiType: 'responses' });
  await core.addNode({ prefix: 'good', baseUrl: `${good.url}/v1` });
  await core.manage('POST', '/api/combos', { name: 'both', models: ['no/m', 'good/m'] });
});
afterAll(async () => {
  await core.stop();
  await Promise.all([refusing.close(), good.close()]);
});
beforeEach(() => core.manage('POST', '/api/resilience/reset', {}));

const ask = (model: string, extra: object = {}): Promise<Response> =>
  core.post('/v1/chat/completions', { model, messages: hi, ...extra });
const head = { 'content-type': 'application/json', 'retry-after': '40' };

describe('a limit whose words', () => {
  it.each([
    ['never come', (response) => response.writeHead(429, head).write('{"error":')],
    [
      'are cut',
      (response) => {
        response.writeHead(429, { ...head, 'content-length': '500' }).write('{"error":');
        setTimeout(() => response.destroy(), 10);
      },
    ],
    [
      'have no end',
      (response) => {
        response.writeHead(429, head);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ] as [string, (response: ServerResponse) => void][])(
    '%s is a limit, and holds up nobody',
    async (_name, script) => {
      refusing.answer((_received, response) => script(response));
      for (const stream of [true, false]) {
        await core.manage('POST', '/api/resilience/reset', {});
        const startedMs = performance.now();
        expect(await (await ask('both', { stream })).text()).toContain('good');
        expect(performance.now() - startedMs).toBeLessThan(8_000);
        const alone = await ask('no/m', { stream });
        expect([alone.status, Number(alone.headers.get('retry-after'))]).toEqual([429, expect.closeTo(36, -1)]);
      }
    },
    30_000,
  );
});

it.each(['/v1/responses', '/v1/chat/completions'])(
  'a limit inside a stream tells its wait to a client of %s',
  async (path) => {
    const error = { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 11.054s.' };
    const failed = namedEvent('response.failed', { response: { id: 'r', status: 'failed', error } });
    refusing.answer((_received, response) => sendSse(response, [failed]));
    const asked = path === '/v1/responses' ? { input: 'hi' } : { messages: hi };
    const response = await core.post(path, { model: 'resp/m', stream: true, ...asked });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '12']);
  },
);

it.each([405, 406, 409, 410, 425, 451])('%s moves on: another provider may take it (facts.md E.2)', async (status) => {
  refusing.answer((_received, response) => sendJson(response, { error: { message: 'not here' } }, status));
  expect(await (await ask('both')).text()).toContain('good');
});

it('a failure that took the last of a window rests for itself, not until the window begins anew', async () => {
  const usedUp = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h' };
  refusing.answer((_received, response) => sendJson(response, { error: { message: 'boom' } }, 500, usedUp));
  expect((await ask('no/m')).status).toBe(502);
  refusing.answer((_received, response) => sendJson(response, chatAnswer('another model')));
  expect((await ask('no/other')).status).toBe(200);
});

describe('a count of tokens', () => {
  const count = (): Promise<Response> => core.post('/v1/messages/count_tokens', { model: 'anth/m', messages: hi });

  it.each([401, 429, 500, 529])('is made here when the provider answers %s', async (status) => {
    refusing.answer((_received, response) => sendJson(response, { error: { message: 'not now' } }, status));
    const counted = await count();
    expect([counted.status, await counted.json()]).toEqual([200, { input_tokens: expect.any(Number) }]);
  });

  it('is refused where the request is wrong', async () => {
    refusing.answer((_received, response) => sendJson(response, { error: { message: 'messages.0 is wrong' } }, 400));
    const counted = await count();
    expect([counted.status, await counted.text()]).toEqual([400, expect.stringContaining('messages.0 is wrong')]);
  });
});
