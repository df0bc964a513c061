/** Quotas through the whole core: read at the provider, shown, kept over a restart, and kept to by routing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { asObject } from '../../core/base/json.ts';
import { ACCOUNT_ID, startCodex } from '../support/account-upstreams/codex.ts';
import { putHosts, putLogins } from '../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ASK = { model: 'cx/gpt-5.6-sol', messages: [{ role: 'user', content: 'Hi' }] };
const HOUR_S = 3_600;
let dataDirectory: string;
let upstream: AccountUpstream;
let accounts: Upstream;
let core: TestCore;
/** Percent used of the week, by token. */
let weekly: Record<string, number>;
let ids: string[];

beforeAll(async () => {
  upstream = await startCodex(['at-1', 'at-2']);
  accounts = await startUpstream(({ headers, path }, response) => {
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    const isRight = path === '/backend-api/wham/usage' && headers['chatgpt-account-id'] === ACCOUNT_ID;
    if (!isRight || weekly[token] === undefined) return sendJson(response, { detail: 'no' }, 401);
    const window = (used: number, seconds: number) => ({
      ...{ used_percent: used, limit_window_seconds: seconds, reset_after_seconds: HOUR_S },
    });
    sendJson(response, {
      plan_type: 'plus',
      rate_limit: { primary_window: window(10, 18_000), secondary_window: window(weekly[token], 604_800) },
    });
  });
});
afterAll(async () => {
  await upstream.close();
  await accounts.close();
});
beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-quotas-'));
  weekly = { 'at-1': 40, 'at-2': 40 };
  upstream.received.length = 0;
  accounts.received.length = 0;
  putHosts(dataDirectory, { codex: { api: upstream.url, account: accounts.url } });
  const data = { accountId: ACCOUNT_ID };
  ids = await putLogins(
    dataDirectory,
    ['at-1', 'at-2'].map((token) => ({ provider: 'codex', token, data })),
  );
  core = await startCore({ dataDirectory });
});
afterEach(async () => {
  await core.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const listed = (): Promise<unknown[]> => core.list('/api/quotas');
const tokens = (): unknown[] => upstream.received.map(({ headers }) => headers.authorization);

it('each account’s windows are shown, with its plan and reset, and in the original’s shape', async () => {
  await core.manage('POST', `/api/quotas/${ids[0]}/read`);
  expect(await listed()).toContainEqual({
    ...{ connectionId: ids[0], provider: 'codex', name: expect.any(String), plan: 'plus', readAt: expect.any(String) },
    windows: [
      { name: '5h', usedPercent: 10, resetAt: expect.any(String) },
      { name: 'weekly', usedPercent: 40, resetAt: expect.any(String) },
    ],
  });
  expect(await core.manage('GET', `/api/usage/${ids[0]}`)).toEqual({
    plan: 'plus',
    quotas: {
      '5h': { ...EMPTY, remainingPercentage: 90 },
      weekly: { ...EMPTY, remainingPercentage: 60 },
    },
  });
  expect(accounts.received.length, 'read once for both').toBeLessThanOrEqual(2);
});

const EMPTY = { used: null, total: null, remaining: null, resetAt: expect.any(String), unlimited: false };

it('an account that is used up is passed over until its reset, also after a restart', async () => {
  weekly['at-1'] = 100;
  await core.manage('POST', `/api/quotas/${ids[0]}/read`);
  expect((await core.post('/v1/chat/completions', ASK)).status).toBe(200);
  expect(tokens()).toEqual(['Bearer at-2']);
  await core.stop();
  core = await startCore({ dataDirectory });
  expect((await core.post('/v1/chat/completions', ASK)).status).toBe(200);
  expect(tokens()).toEqual(['Bearer at-2', 'Bearer at-2']);
  expect(await listed()).toContainEqual(expect.objectContaining({ connectionId: ids[0], plan: 'plus' }));
});

it('an account that its provider gave back before its reset is called again, also when that is read after a restart', async () => {
  weekly = { 'at-1': 100, 'at-2': 100 };
  for (const id of ids) await core.manage('POST', `/api/quotas/${id}/read`);
  await core.stop();
  core = await startCore({ dataDirectory, clock: { nowMs: () => Date.now() + 60_000 } });
  weekly['at-1'] = 5;
  await core.manage('POST', `/api/quotas/${ids[0]}/read`);
  expect((await core.post('/v1/chat/completions', ASK)).status).toBe(200);
  expect(tokens()).toEqual(['Bearer at-1']);
});

it('when all are used up, the client is told for how long, and nothing is called', async () => {
  weekly = { 'at-1': 100, 'at-2': 100 };
  for (const id of ids) await core.manage('POST', `/api/quotas/${id}/read`);
  const response = await core.post('/v1/chat/completions', ASK);
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(HOUR_S - 120);
  expect(JSON.stringify(asObject(await response.json()))).toContain('is used up until its reset');
  expect(upstream.received).toEqual([]);
});

it('what cannot be read says why', async () => {
  weekly = {};
  await core.manage('POST', `/api/quotas/${ids[0]}/read`);
  expect(await listed()).toContainEqual(
    expect.objectContaining({ connectionId: ids[0], readAt: null, windows: [], message: expect.any(String) }),
  );
});
