/** GitHub Copilot: an editor's headers, who began the turn, images announced, and models that are served elsewhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdConversations, refusal } from '../../support/account-upstreams/conversations.ts';
import { ONLY_RESPONSES, startCopilot } from '../../support/account-upstreams/copilot.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-copilot-'));
const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';
const messages = [{ role: 'user', content: 'Hi' }];
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startCopilot(['copilot-1']);
  putHosts(dataDirectory, { github: { api: upstream.url } });
  const login = { provider: 'github', token: 'gho-1', secrets: { copilotToken: 'copilot-1' } };
  await putLogins(dataDirectory, [login]);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  upstream.received.length = 0;
  upstream.faults.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});

const paths = (): string[] => upstream.received.map(({ path }) => path);

describe('a model of chat', () => holdConversations('gh/gpt-4.1', () => ({ core, upstream })));
describe('a model of Responses', () => holdConversations('gh/gpt-5.3-codex', () => ({ core, upstream })));
describe('a model of Messages', () => holdConversations('gh/claude-sonnet-4.6', () => ({ core, upstream })));

it('images are announced, in each protocol', async () => {
  const chat = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: IMAGE } }] }];
  await core.post('/v1/chat/completions', { model: 'gh/gpt-4.1', messages: chat });
  await core.post('/v1/responses', {
    model: 'gh/gpt-5.3-codex',
    input: [{ role: 'user', content: [{ type: 'input_image', image_url: IMAGE }] }],
  });
  const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
  const block = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source }] };
  await core.post('/v1/messages', {
    ...{ model: 'gh/claude-sonnet-4.6', max_tokens: 9 },
    messages: [
      ...messages,
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
      { role: 'user', content: [block] },
    ],
  });
  expect(upstream.faults).toEqual([]);
  expect(upstream.received.map(({ headers }) => headers['copilot-vision-request'])).toEqual(['true', 'true', 'true']);
});

it('what is neither text nor image becomes text', async () => {
  const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } };
  const content = [{ type: 'text', text: 'Read' }, file];
  const response = await core.post('/v1/chat/completions', {
    model: 'gh/gpt-4.1',
    messages: [{ role: 'user', content }],
  });
  expect(response.status).toBe(200);
  expect(JSON.stringify(upstream.received[0]?.body)).toContain(
    '[a.pdf left out: this model takes text and images only]',
  );
});

describe('a model that is served at /responses only', () => {
  it('is asked there after the first refusal, and at once from then on', async () => {
    const chat = { model: `gh/${ONLY_RESPONSES}`, messages };
    const first = await core.post('/v1/chat/completions', chat);
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('Hello there.');
    expect(paths()).toEqual(['/chat/completions', '/responses']);
    await core.post('/v1/messages', { ...chat, max_tokens: 50 });
    expect(paths()).toEqual(['/chat/completions', '/responses', '/responses']);
    expect(upstream.faults).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('a model that the plan lacks is explained', async () => {
    upstream.refuseOnce(400, {
      error: { message: 'The requested model is not supported.', code: 'model_not_supported' },
    });
    const told = await refusal(await core.post('/v1/chat/completions', { model: 'gh/gpt-4.1', messages }));
    expect(told.status).toBe(404);
    expect(told.message).toContain('github.com/settings/copilot');
  });

  it('an ordinary 400 is asked nowhere else', async () => {
    upstream.refuseOnce(400, { error: { message: 'messages is empty', code: 'bad_request' } });
    expect((await core.post('/v1/chat/completions', { model: 'gh/gpt-4.1', messages })).status).toBe(400);
    expect(paths()).toEqual(['/chat/completions']);
  });
});
