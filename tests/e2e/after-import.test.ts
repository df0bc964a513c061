/** A database of 300,000 requests whose sums nobody has made: the first look at them holds nobody else up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/base/clock.ts';
import { isObject } from '../../core/base/json.ts';
import { silentLog } from '../../core/base/log.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { startGateway } from '../support/gateway-process.ts';
import { seedYear } from '../support/seed-year.ts';

const REQUESTS = 300_000;
const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-import-'));

beforeAll(async () => {
  const store = openStore({ path: join(dataDir, 'storage.sqlite'), log: silentLog, clock: systemClock });
  await seedYear(store, { requests: REQUESTS, nowMs: Date.now() });
  await store.close();
}, 120_000);
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('after a bulk import', { timeout: 120_000 }, () => {
  it('analytics is made in slices: /health answers meanwhile', async () => {
    const gateway = await startGateway({ dataDir });
    const api = await gateway.login();
    const startedMs = performance.now();
    let isOver = false;
    const asked = api.get('/api/usage/analytics?range=all').finally(() => {
      isOver = true;
    });
    const waitsMs: number[] = [];
    while (!isOver) {
      const sentMs = performance.now();
      expect((await fetch(`${gateway.baseUrl}/health`)).status).toBe(200);
      waitsMs.push(performance.now() - sentMs);
      await delay(5);
    }
    const { summary } = await asked;
    const tookMs = performance.now() - startedMs;
    waitsMs.sort((a, b) => a - b);
    const [middleMs = 0, longestMs = 0] = [waitsMs[waitsMs.length >> 1], waitsMs.at(-1)];
    console.log(
      `Analytics of ${REQUESTS} requests for the first time: ${Math.round(tookMs)} ms; ${waitsMs.length} calls of /health meanwhile waited ${Math.round(middleMs)} ms in the middle, ${Math.round(longestMs)} ms at most (aim: 50 ms).`,
    );
    expect(isObject(summary) && summary['totalRequests']).toBe(REQUESTS);
    // A busy machine makes everything slower alike: what counts is that no call waits for the whole.
    expect(waitsMs.length).toBeGreaterThan(10);
    expect(longestMs).toBeLessThan(Math.max(50, tookMs / 2));
    expect(await gateway.stop()).toBe(0);
  });
});
