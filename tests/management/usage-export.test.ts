import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, objectsOf, parseJson } from '../../core/base/json.ts';
import { silentLog } from '../../core/base/log.ts';
import { localDay, machineTimeZone } from '../../core/base/time-zone.ts';
import { csvCell } from '../../core/management/usage-export.ts';
import { openStore, type SqliteStore } from '../../core/store/sqlite/open-store.ts';
import { usage } from '../store/records.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';
import { testClock } from '../support/test-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'omniroute-'));
let store: SqliteStore;
let server: ManagementServer;
beforeAll(async () => {
  store = openStore({ path: join(folder, 'storage.sqlite'), log: silentLog, clock: testClock() });
  server = await startManagement({ store });
  const startedAtMs = server.services.clock.nowMs() - 1_000;
  await server.services.store.usage.append({ ...usage, id: 'r-1', startedAtMs, client: '=cmd|calc', model: 'a,"b"' });
});
afterAll(async () => {
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['plain', 'plain'],
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['say "hi", you', '"say ""hi"", you"'],
  ['=a,b', `"'=a,b"`],
  ['two\nlines', '"two\nlines"'],
  [-2, '-2'],
  [null, ''],
])('the cell %j is written %j', (cell, written) => {
  expect(csvCell(cell)).toBe(written);
});

it('the CSV has a head, a line a request, and is a file to be saved', async () => {
  const { status, headers, text } = await server.own('GET', '/api/usage/export?format=csv&range=7d');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  expect(headers.get('content-disposition')).toMatch(
    /^attachment; filename="omniroute-requests-\d{4}-\d\d-\d\d\.csv"$/,
  );
  const [head = '', line = '', ...rest] = text.trimEnd().split('\r\n');
  expect(head.split(',').slice(0, 3)).toEqual(['timestamp', 'id', 'requestedModel']);
  expect(line).toContain(`"a,""b"""`);
  expect(line).toContain("'=cmd|calc");
  expect(rest).toEqual([]);
});

it('the JSON holds the same', async () => {
  const { text } = await server.own('GET', '/api/usage/export?format=json');
  expect(objectsOf(asObject(parseJson(text))?.['requests'])).toMatchObject([{ id: 'r-1', client: '=cmd|calc' }]);
});

it('holds the days asked for, the last included, and refuses days in the wrong order', async () => {
  const dayMs = 86_400_000;
  const nowMs = server.services.clock.nowMs();
  const zone = server.services.settings.current().timeZone ?? machineTimeZone();
  await server.services.store.usage.append({ ...usage, id: 'r-old', startedAtMs: nowMs - 3 * dayMs });
  const [old, yesterday] = [3, 1].map((days) => localDay(zone, nowMs - days * dayMs));
  const idsOf = async (query: string): Promise<unknown[]> => {
    const { text } = await server.own('GET', `/api/usage/export?format=json&${query}`);
    return objectsOf(asObject(parseJson(text))?.['requests']).map(({ id }) => id);
  };
  expect(await idsOf(`from=${old}&to=${old}`)).toEqual(['r-old']);
  expect(await idsOf(`from=${old}`)).toEqual(['r-1', 'r-old']);
  expect(await idsOf(`to=${yesterday}`)).toContain('r-old');
  await server.services.store.usage.append({ ...usage, id: 'r-ancient', startedAtMs: nowMs - 900 * dayMs });
  const [before, ancient, after] = [901, 900, 899].map((days) => localDay(zone, nowMs - days * dayMs));
  expect(await idsOf(`from=${ancient}&to=${ancient}`)).toEqual(['r-ancient']);
  expect(await idsOf(`to=${after}`)).toEqual(['r-ancient']);
  expect(await idsOf(`from=${before}`)).toEqual(['r-1', 'r-old', 'r-ancient']);
  expect(await idsOf(`to=${before}`)).toEqual([]);
  const { status, text } = await server.own('GET', `/api/usage/export?from=${yesterday}&to=${old}`);
  expect([status, text]).toEqual([400, expect.stringContaining('from must not lie after to.')]);
});
