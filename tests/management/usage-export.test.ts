import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, objectsOf, parseJson } from '../../core/base/json.ts';
import { csvCell } from '../../core/management/usage-export.ts';
import { usage } from '../store/records.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
  const startedAtMs = server.services.clock.nowMs() - 1_000;
  await server.services.store.usage.append({ ...usage, id: 'r-1', startedAtMs, client: '=cmd|calc', model: 'a,"b"' });
});
afterAll(() => server.stop());

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
