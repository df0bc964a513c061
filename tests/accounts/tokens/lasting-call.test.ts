import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpSend } from '../../../core/accounts/http.ts';
import { createLastingCalls, type LastingCallParts } from '../../../core/accounts/tokens/lasting-call.ts';
import { temporaryFolder } from '../../store/temporary-store.ts';
import { type Answer, upstream } from '../upstream.ts';

const key = randomBytes(32);
const signal = AbortSignal.timeout(60_000);
const here: HttpSend = () => Promise.resolve({ status: 200, body: 'made here' });

function calls(folder: string, more: Partial<LastingCallParts> = {}) {
  const parts = { nodeProgram: process.execPath, folder, sealingKey: () => key, send: here, isProxied: () => false };
  return createLastingCalls({ ...parts, ...more });
}
const request = (origin: string): HttpRequest => ({
  method: 'POST',
  url: `${origin}/token`,
  headers: { 'content-type': 'application/json', 'x-a': 'b' },
  body: '{"refresh_token":"rt-1"}',
});
const granted: Answer = { status: 200, body: { access_token: 'at-very-secret-token' } };

describe('a lasting call', () => {
  it('is made once, by a process of its own; its answer is kept sealed until it is forgotten', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    const lasting = calls(folder);
    const first = await lasting.sendFor('c1')(request(origin), signal);
    expect(first).toEqual({ status: 200, body: '{"access_token":"at-very-secret-token"}' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: '/token',
      body: { refresh_token: 'rt-1' },
      headers: { 'x-a': 'b' },
    });
    // As after a crash, and in two processes at once.
    const again = await Promise.all([1, 2, 3].map(() => calls(folder).sendFor('c1')(request(origin), signal)));
    expect(again).toEqual([first, first, first]);
    expect(asked).toHaveLength(1);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name)).includes('at-very')).toBe(false);
      expect(name).not.toContain('rt-1');
    }
    lasting.forget('c1');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is made by one of several processes that make it at the same moment', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    const answers = await Promise.all([1, 2, 3, 4].map(() => calls(folder).sendFor('c1')(request(origin), signal)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it('that failed is not kept, nor an answer without a token', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const answers: Answer[] = [{ status: 503, body: 'down' }, { status: 200, body: { hello: 'there' } }, granted];
    const { origin } = await upstream(() => answers.shift());
    const send = calls(folder).sendFor('c1');
    expect((await send(request(origin), signal)).status).toBe(503);
    expect((await send(request(origin), signal)).body).toContain('hello');
    expect((await send(request(origin), signal)).body).toContain('at-very');
    await expect(calls(folder).sendFor('c2')(request('http://127.0.0.1:9'), signal)).rejects.toMatchObject({
      code: 'upstream_unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('does without a kept answer that cannot be opened', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    await calls(folder).sendFor('c1')(request(origin), signal);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged');
    await calls(folder).sendFor('c1')(request(origin), signal);
    expect(asked).toHaveLength(2);
  });

  it('is made here through a network proxy, for what uses nothing up, and without a program for it', async () => {
    const folder = temporaryFolder();
    const body = 'made here';
    expect(await calls(folder, { isProxied: () => true }).sendFor('c1')(request('http://x'), signal)).toMatchObject({
      body,
    });
    expect(await calls(folder, { nodeProgram: undefined }).sendFor('c1')(request('http://x'), signal)).toMatchObject({
      body,
    });
    const get: HttpRequest = { method: 'GET', url: 'http://x/', headers: {} };
    expect(await calls(folder).sendFor('c1')(get, signal)).toMatchObject({ body });
  });
});
