/** Analytics over 300,000 requests of a year: right to the request, and fast. Times are printed; the bound is the promise. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asNumber, asObject, asString, objectsOf } from '../../core/base/json.ts';
import { silentLog } from '../../core/base/log.ts';
import { periodAt } from '../../core/base/time-zone.ts';
import { openStore, type SqliteStore } from '../../core/store/sqlite/open-store.ts';
import { usage } from '../store/records.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';
import { seedYear } from '../support/seed-year.ts';
import { testClock } from '../support/test-clock.ts';

const REQUESTS = 300_000;
/** Ten times what a page may take: other work on the machine must not fail this, a query without its index must. */
const BOUND_MS = 3_000;
const RANGES = ['1d', '7d', '30d', '90d', 'mtd', 'ytd', 'all'];
const ZONE = 'Europe/Berlin';
const nowMs = testClock().nowMs();
const folder = mkdtempSync(join(tmpdir(), 'omniroute-'));
const path = join(folder, 'storage.sqlite');
let store: SqliteStore;
let server: ManagementServer;
let database: Database.Database;

beforeAll(async () => {
  store = openStore({ path, log: silentLog, clock: testClock() });
  await seedYear(store, { requests: REQUESTS, nowMs });
  server = await startManagement({ store });
  await server.own('PATCH', '/api/settings', { timeZone: ZONE });
  const startedMs = performance.now();
  await server.own('GET', '/api/usage/analytics?range=all');
  process.stdout.write(
    `the first time ever, sums made of ${REQUESTS} requests: ${Math.round(performance.now() - startedMs)} ms\n`,
  );
  database = new Database(path, { readonly: true });
}, 120_000);
afterAll(async () => {
  await server.stop();
  database.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const truth = (fromMs: number, toMs = nowMs): { requests: number; tokens: number; cost: number; saved: number } =>
  database
    .prepare<[number, number], { requests: number; tokens: number; cost: number; saved: number }>(
      `SELECT count(*) AS requests, total(tokens_input + tokens_output) AS tokens, total(cost_usd) AS cost,
         total(saved_usd) AS saved FROM usage_history WHERE timestamp >= ? AND timestamp < ?`,
    )
    .get(fromMs, toMs) ?? { requests: 0, tokens: 0, cost: 0, saved: 0 };

it.each(RANGES)('range %s adds up, each way it is divided', async (range) => {
  const { body } = await server.own('GET', `/api/usage/analytics?range=${range}`);
  const fromMs = Date.parse(asString(body['from']) ?? '');
  const { requests, tokens, cost, saved } = truth(fromMs);
  expect(requests).toBeGreaterThan(0);
  const summary = asObject(body['summary']) ?? {};
  expect(summary).toMatchObject({ totalRequests: requests, totalTokens: tokens, streak: 365 });
  expect(summary['totalCost']).toBeCloseTo(cost, 4);
  expect(summary['savedCost']).toBeCloseTo(saved, 4);
  const trend = objectsOf(body['dailyTrend']);
  for (const list of ['dailyTrend', 'byModel', 'byProvider', 'byAccount', 'byApiKey', 'byClient'])
    expect([list, objectsOf(body[list]).reduce((sum, one) => sum + (asNumber(one['requests']) ?? 0), 0)]).toEqual([
      list,
      requests,
    ]);
  const stacked = objectsOf(body['dailyByModel']).flatMap((day) =>
    Object.values(asObject(day['tokens']) ?? {}).map(Number),
  );
  expect(stacked.reduce((sum, value) => sum + value, 0)).toBe(tokens);
  expect(objectsOf(body['dailyByModel'])).toHaveLength(trend.length);
  expect(Object.keys(asObject(body['activityMap']) ?? {})).toHaveLength(365);
  if (range === '1d')
    expect([body['step'], trend.length, trend.at(-1)?.['date']]).toEqual(['hour', 24, '2026-01-02T04:00']);
  if (range === 'mtd') expect([body['from'], trend.length]).toEqual(['2025-12-31T23:00:00.000Z', 2]);
  if (range === '30d') expect(fromMs).toBe(periodAt('day', ZONE, nowMs - 29 * 86_400_000).startMs);
});

it('days are those of the zone, over the end of daylight saving too; the period before is as long', async () => {
  const { body } = await server.own('GET', '/api/usage/analytics?from=2025-10-20&to=2025-10-26');
  const [fromMs, endMs] = [Date.parse('2025-10-19T22:00:00Z'), Date.parse('2025-10-26T23:00:00Z')];
  expect(body).toMatchObject({ range: 'custom', from: '2025-10-19T22:00:00.000Z', to: '2025-10-26T23:00:00.000Z' });
  expect(asObject(body['summary'])?.['totalRequests']).toBe(truth(fromMs, endMs).requests);
  expect(asObject(body['previous'])?.['totalRequests']).toBe(truth(fromMs - 7 * 86_400_000, fromMs).requests);
  const refused = await server.own('GET', '/api/usage/analytics?from=2025-11-20&to=2025-11-01');
  expect([refused.status, asObject(refused.body['error'])?.['param']]).toEqual([400, 'from']);
});

it('a request that comes later counts, today and on a day that was summed up already', async () => {
  const count = async (): Promise<number> =>
    Number(asObject((await server.own('GET', '/api/usage/analytics?range=30d')).body['summary'])?.['totalRequests']);
  const before = await count();
  await store.usage.append({ ...usage, id: 'late-1', startedAtMs: nowMs - 5 });
  await store.usage.append({ ...usage, id: 'late-2', startedAtMs: nowMs - 10 * 86_400_000 });
  expect(await count()).toBe(before + 2);
});

it('every range answers within the bound, also right after a start', async () => {
  const lines: string[] = [];
  const timed = async (name: string, on: ManagementServer, call: string): Promise<void> => {
    const startedMs = performance.now();
    expect((await on.own('GET', call)).status).toBe(200);
    const tookMs = performance.now() - startedMs;
    lines.push(`${name}: ${tookMs.toFixed(0)} ms`);
    expect(tookMs, name).toBeLessThan(BOUND_MS);
  };
  for (const range of RANGES) await timed(range, server, `/api/usage/analytics?range=${range}`);
  const reopened = openStore({ path, log: silentLog, clock: testClock() });
  const fresh = await startManagement({ store: reopened });
  await fresh.own('GET', '/api/settings');
  await timed('all, after a start', fresh, '/api/usage/analytics?range=all');
  await fresh.stop();
  await reopened.close();
  process.stdout.write(`analytics over ${REQUESTS} requests: ${lines.join(', ')}\n`);
});
