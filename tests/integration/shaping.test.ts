/** The user's prompt and thinking budget reach the upstream on both lanes, once; switched off, nothing is touched. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((received, response) =>
    sendJson(
      response,
      received.path.endsWith('/messages') ? messagesAnswer([{ type: 'text', text: 'ok' }]) : chatAnswer('ok'),
    ),
  );
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const messages = [{ role: 'user', content: 'hi' }];
const sent = async (model: string): Promise<unknown> => {
  upstream.received.length = 0;
  const response = await core.post('/v1/chat/completions', {
    model,
    messages,
    reasoning_effort: 'low',
    max_tokens: 9_000,
  });
  expect(response.status).toBe(200);
  return upstream.received[0]?.body;
};

it('a combo is told what its model bears, whatever the combo is called', async () => {
  await core.manage('PUT', '/api/settings/thinking-budget', { mode: 'adaptive', effortLevel: 'high' });
  await core.manage('POST', '/api/combos', { name: 'daily', models: ['anth/claude-sonnet-4-5'] });
  upstream.received.length = 0;
  const response = await core.post('/v1/messages', { model: 'daily', max_tokens: 8_192, messages });
  expect(response.status).toBe(200);
  await core.manage('PUT', '/api/settings/thinking-budget', { mode: 'passthrough' });
  expect(upstream.received[0]?.body).toMatchObject({
    max_tokens: 64_000,
    thinking: { type: 'enabled', budget_tokens: 55_808 },
  });
});

it('is applied in the same format and in translation, and can be switched off', async () => {
  await core.manage('PUT', '/api/settings/system-prompt', { enabled: true, prompt: 'Answer in French.' });
  await core.manage('PUT', '/api/settings/thinking-budget', { mode: 'custom', customBudget: 20_000 });
  expect(await sent('up/m')).toMatchObject({
    messages: [
      { role: 'system', content: 'Answer in French.' },
      { role: 'user', content: 'hi' },
    ],
    reasoning_effort: 'high',
  });
  expect(JSON.stringify(await sent('anth/m'))).toMatch(/"system":(?:"|\[\{"type":"text","text":")Answer in French\./);
  await core.manage('PUT', '/api/settings/system-prompt', { enabled: false });
  await core.manage('PUT', '/api/settings/thinking-budget', { mode: 'passthrough' });
  expect(await sent('up/m')).toMatchObject({ messages, reasoning_effort: 'low' });
});
