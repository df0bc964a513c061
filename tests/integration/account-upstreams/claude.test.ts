/** A Claude account: Bearer and the OAuth beta; Claude Code passes as it is, and nobody else is sent as Claude Code unasked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ONLY_CLAUDE_CODE, startClaude } from '../../support/account-upstreams/claude.ts';
import { holdConversations, refusal } from '../../support/account-upstreams/conversations.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { sendJson, startUpstream } from '../../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-claude-'));
const QUESTION = { model: 'cc/claude-sonnet-5', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };
const CLAUDE_CODE = {
  ...{ 'user-agent': 'claude-cli/2.1.220 (external, cli)', 'x-app': 'cli', 'x-stainless-lang': 'js' },
  ...{ 'anthropic-beta': 'claude-code-20250219,oauth-2025-04-20,effort-2025-11-24', 'anthropic-version': '2023-06-01' },
  ...{ 'x-claude-code-session-id': 's-1', 'anthropic-dangerous-direct-browser-access': 'true', 'x-api-key': 'client' },
};
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startClaude(['at-1']);
  putHosts(dataDirectory, { claude: { api: upstream.url } });
  await putLogins(dataDirectory, [{ provider: 'claude', token: 'at-1' }]);
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

holdConversations('cc/claude-sonnet-5', () => ({ core, upstream }));

describe("the vendor's own client", () => {
  it('keeps its identity, and its betas are merged', async () => {
    const response = await core.post('/v1/messages?beta=true', QUESTION, CLAUDE_CODE);
    expect(response.status).toBe(200);
    const { 'x-api-key': _key, ...identity } = CLAUDE_CODE;
    expect(upstream.received[0]?.headers).toMatchObject(identity);
    expect(upstream.received[0]?.headers['x-api-key']).toBeUndefined();
    expect(upstream.faults).toEqual([]);
  });

  it('is not what other clients of the protocol are sent as', async () => {
    await core.post('/v1/messages', QUESTION, { 'user-agent': 'other/1.0', 'x-app': 'mine', 'anthropic-beta': 'a-1' });
    expect(upstream.received[0]?.headers['anthropic-beta']).toBe('a-1,oauth-2025-04-20');
    expect(upstream.received[0]?.headers['user-agent']).toBeUndefined();
    expect(upstream.received[0]?.body['system']).toBeUndefined();
    expect(upstream.faults).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('a refusal of other clients is explained, and what can be done', async () => {
    upstream.refuseOnce(400, { type: 'error', error: { type: 'invalid_request_error', message: ONLY_CLAUDE_CODE } });
    const { status, message } = await refusal(await core.post('/v1/messages', QUESTION));
    // The account's fault, not that of the client's own key.
    expect(status).toBe(502);
    expect(message).toContain(ONLY_CLAUDE_CODE);
    expect(message).toContain('turn on “Send as Claude Code” for this account');
  });

  it('extra usage that is not there is a quota, so another account may serve', async () => {
    const message = 'Third-party apps now draw from your extra usage, not your plan limits.';
    upstream.refuseOnce(400, { type: 'error', error: { type: 'invalid_request_error', message } });
    const told = await refusal(await core.post('/v1/messages', QUESTION));
    expect(told.status).toBe(429);
    expect(told.message).toContain("the account's extra usage");
  });

  it('a limit with a reset is kept to', async () => {
    const error = { type: 'error', error: { type: 'rate_limit_error', message: 'Limit reached.' } };
    upstream.refuseOnce(429, error, { 'retry-after': '120' });
    const response = await core.post('/v1/messages', QUESTION);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(100);
    expect((await core.post('/v1/messages', QUESTION)).status).toBe(429);
    expect(upstream.received).toHaveLength(1);
  });
});

describe('a token that is refused', () => {
  it('is refreshed, and the call made once more with the new one, without the client noticing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-claude-'));
    const service = await startClaude(['at-4']);
    const issuer = await startUpstream((_received, response) =>
      sendJson(response, { access_token: 'at-4', refresh_token: 'rt-4', expires_in: 3_600, token_type: 'Bearer' }),
    );
    putHosts(folder, { claude: { api: service.url, token: issuer.url } });
    await putLogins(folder, [{ provider: 'claude', token: 'at-3', refreshToken: 'rt-3' }]);
    const own = await startCore({ dataDirectory: folder });
    try {
      expect((await own.post('/v1/messages', QUESTION)).status).toBe(200);
      expect(issuer.received.map(({ body }) => body['refresh_token'])).toEqual(['rt-3']);
      expect(service.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer at-3', 'Bearer at-4']);
      expect(service.faults).toEqual([]);
    } finally {
      await own.stop();
      await service.close();
      await issuer.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('an account whose person lets other clients be sent as Claude Code', () => {
  it('is served where only Claude Code is, by its words and headers, for that account alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-claude-'));
    const strict = await startClaude(['at-2'], { isStrict: true });
    putHosts(folder, { claude: { api: strict.url } });
    const [id] = await putLogins(folder, [{ provider: 'claude', token: 'at-2' }]);
    const own = await startCore({ dataDirectory: folder });
    try {
      expect((await own.post('/v1/messages', QUESTION)).status).toBe(502);
      const { connection } = await own.manage('PUT', `/api/providers/${id}`, { sendsClientIdentity: true });
      expect(connection).toMatchObject({ sendsClientIdentity: true });
      await own.manage('POST', '/api/resilience/reset');
      const chat = {
        model: 'cc/claude-sonnet-5',
        messages: [{ role: 'system', content: 'Be brief.' }, ...QUESTION.messages],
      };
      expect((await own.post('/v1/chat/completions', chat)).status).toBe(200);
      const received = strict.received.at(-1);
      expect(received?.headers['user-agent']).toMatch(/^claude-cli\//);
      expect(received?.headers['anthropic-beta']).toBe('claude-code-20250219,oauth-2025-04-20');
      expect(received?.body['system']).toMatchObject([
        { type: 'text', text: "You are Claude Code, Anthropic's official CLI for Claude." },
        { type: 'text', text: 'Be brief.' },
      ]);
    } finally {
      await own.stop();
      await strict.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
