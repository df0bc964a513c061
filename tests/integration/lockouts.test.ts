/** Locked identifiers over a real listener: refused in each protocol's own words, listed, unlocked, kept over a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asArray, asObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-lockouts-'));
let core: TestCore;
beforeAll(async () => {
  core = await startCore({ dataDirectory, env: { REQUIRE_API_KEY: 'true' } });
});
afterAll(async () => {
  await core.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const WRONG = { authorization: 'Bearer sk-omr-0000000000000000000000000000000000000000' };
const ask = (path: string): Promise<Response> =>
  core.post(path, { model: 'openai/gpt-5', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }, WRONG);

it('this machine is not locked for its keys by default', async () => {
  for (let time = 0; time < 25; time += 1) expect((await ask('/v1/chat/completions')).status).toBe(401);
  expect(asArray((await core.manage('GET', '/api/policies'))['lockedIdentifiers'])).toEqual([]);
});

it('is locked where that is wanted, in each protocol’s words, listed with reason and time, kept and unlocked', async () => {
  const apiKeys = { attempts: 2, windowMs: 60_000, durationMs: 60_000 };
  const set = await core.manage('PATCH', '/api/policies', { apiKeys, locksThisMachine: true });
  expect(asObject(set['policies'])).toMatchObject({ apiKeys, locksThisMachine: true, login: { attempts: 5 } });
  for (let time = 0; time < 2; time += 1) expect((await ask('/v1/chat/completions')).status).toBe(401);

  const chat = await ask('/v1/chat/completions');
  expect([chat.status, Number(chat.headers.get('retry-after'))]).toEqual([429, expect.closeTo(60, -1)]);
  expect(await chat.json()).toMatchObject({ error: { message: expect.stringContaining('Too many wrong API keys') } });
  const messages = await ask('/v1/messages');
  expect([messages.status, await messages.json()]).toEqual([429, expect.objectContaining({ type: 'error' })]);
  const gemini = await ask('/v1beta/models/gpt-5:generateContent');
  expect([gemini.status, await gemini.json()]).toMatchObject([429, { error: { status: 'RESOURCE_EXHAUSTED' } }]);

  const locked = {
    identifier: '127.0.0.1',
    kind: 'apiKeys',
    reason: 'Too many wrong API keys',
    lockedAt: expect.any(String),
    until: expect.any(String),
    remainingMs: expect.any(Number),
  };
  const listed = await core.manage('GET', '/api/policies');
  expect(listed).toMatchObject({ circuitBreakers: [], lockedIdentifiers: [locked] });

  await core.stop();
  core = await startCore({ dataDirectory, env: { REQUIRE_API_KEY: 'true' } });
  expect((await ask('/v1/chat/completions')).status).toBe(429);
  const unlock = { action: 'unlock', identifier: '127.0.0.1' };
  expect(await core.manage('POST', '/api/policies', unlock)).toEqual({
    success: true,
    action: 'unlocked',
    identifier: '127.0.0.1',
  });
  expect((await ask('/v1/chat/completions')).status).toBe(401);
  await expect(core.manage('POST', '/api/policies', unlock)).rejects.toThrow(/404 .*is not locked/);
  await expect(core.manage('POST', '/api/policies', { ...unlock, action: 'lock' })).rejects.toThrow(/400 .*unlock/);
});

it('management keys count as well, and DELETE unlocks everybody', async () => {
  const wrong = (): Promise<Response> => fetch(`${core.url}/api/providers`, { headers: WRONG });
  await core.manage('DELETE', '/api/policies');
  const statuses = [(await wrong()).status, (await wrong()).status, (await wrong()).status];
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
  expect(await core.manage('DELETE', '/api/policies')).toEqual({ success: true, unlocked: 1 });
  expect((await wrong()).status).toBe(401);
});
