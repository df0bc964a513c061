/** iFlow: each call is signed with the API key that it carries. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdConversations } from '../../support/account-upstreams/conversations.ts';
import { startIflow } from '../../support/account-upstreams/iflow.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-iflow-'));
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startIflow(['sk-iflow-1']);
  putHosts(dataDirectory, { iflow: { api: upstream.url } });
  await putLogins(dataDirectory, [{ provider: 'iflow', token: 'at-1', secrets: { apiKey: 'sk-iflow-1' } }]);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

holdConversations('if/qwen3-coder-plus', () => ({ core, upstream }));

it('no two calls share a session', () => {
  const sessions = upstream.received.map(({ headers }) => headers['session-id']);
  expect(sessions.length).toBeGreaterThan(10);
  expect(new Set(sessions).size).toBe(sessions.length);
});
