/** A Qwen account: served at the host of its token, with what that host wants otherwise than OpenAI's protocol has it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdConversations } from '../../support/account-upstreams/conversations.ts';
import { putLogins } from '../../support/account-upstreams/login.ts';
import { startQwen } from '../../support/account-upstreams/qwen.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-qwen-'));
const messages = [{ role: 'user', content: 'Hi' }];
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startQwen(['at-1']);
  // No host is set: the token's wins.
  await putLogins(dataDirectory, [{ provider: 'qwen', token: 'at-1', data: { resourceUrl: `${upstream.url}/v1` } }]);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.received.length = 0;
  upstream.faults.length = 0;
});

holdConversations('qw/qwen3-coder-plus', () => ({ core, upstream }));

const ask = (extra: object): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'qw/qwen3-coder-plus', messages, ...extra });
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];

describe('what the host refuses is not sent', () => {
  it.each([
    ['an empty list of tools', { tools: [] }],
    ['a forced tool while it thinks', { tools, tool_choice: 'required', enable_thinking: true }],
    ['stream options without a stream', { stream_options: { include_usage: true } }],
  ])('%s', async (_what, extra) => {
    expect((await ask(extra)).status).toBe(200);
    expect(upstream.faults).toEqual([]);
  });

  it('and a forced tool stays one where it does not think', async () => {
    await ask({ tools, tool_choice: 'required' });
    expect(upstream.received[0]?.body['tool_choice']).toBe('required');
  });

  it("a client's own system text is marked for the cache, and no second one added", async () => {
    await ask({ messages: [{ role: 'system', content: 'Be brief.' }, ...messages] });
    expect(upstream.received[0]?.body['messages']).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] },
      ...messages,
    ]);
  });
});
