import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());
const PATH = '/api/settings/ip-filter';

it('lists and bans are edited one by one or as a whole', async () => {
  await server.own('PUT', PATH, { enabled: true, blacklist: ['10.0.0.1'], addBlacklist: '10.0.0.2' });
  const { body } = await server.own('PUT', PATH, { removeBlacklist: '10.0.0.1', tempBan: { ip: '8.8.8.8' } });
  expect(body).toMatchObject({
    enabled: true,
    mode: 'blacklist',
    blacklist: ['10.0.0.2'],
    tempBans: [{ ip: '8.8.8.8', remainingMs: 3_600_000 }],
  });
  expect((await server.own('PUT', PATH, { removeBan: '8.8.8.8' })).body['tempBans']).toEqual([]);
  expect((await server.own('GET', PATH)).body).toMatchObject({ blacklist: ['10.0.0.2'] });
});

it.each([
  [{ addBlacklist: 'nonsense' }, 'nonsense'],
  [{ enabled: true, mode: 'whitelist', whitelist: [] }, 'lets nobody in'],
  [{ tempBan: { ip: '127.0.0.1' } }, 'itself'],
])('%j is refused with a sentence', async (change, words) => {
  const answer = await server.own('PUT', PATH, change);
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(words)]);
});

it('PATCH /api/settings refuses a whitelist that lets nobody in, and changes nothing', async () => {
  const ipFilter = { enabled: true, mode: 'whitelist', blacklist: [], whitelist: [] };
  const before = (await server.own('GET', PATH)).body;
  const answer = await server.own('PATCH', '/api/settings', { ipFilter });
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('Add an address to it first');
  expect((await server.own('GET', PATH)).body).toEqual(before);
  const open = { ...ipFilter, whitelist: ['10.0.0.0/8'] };
  expect((await server.own('PATCH', '/api/settings', { ipFilter: open })).body).toMatchObject({ ipFilter: open });
  await server.own('PATCH', '/api/settings', { ipFilter: { ...open, enabled: false } });
});

it('PATCH /api/settings refuses what is no address', async () => {
  const ipFilter = { enabled: true, mode: 'blacklist', blacklist: ['nonsense'], whitelist: [] };
  expect((await server.own('PATCH', '/api/settings', { ipFilter })).status).toBe(400);
});
