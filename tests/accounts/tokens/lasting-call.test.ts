import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HttpRequest, HttpSend } from '../../../core/accounts/http.ts';
import { grantToken } from '../../../core/accounts/oauth/grants.ts';
import { FORM } from '../../../core/accounts/oauth/wire.ts';
import { createLastingCalls, type LastingCallParts } from '../../../core/accounts/tokens/lasting-call.ts';
import { OmniError } from '../../../core/base/errors.ts';
import { temporaryFolder } from '../../store/temporary-store.ts';
import { SELF_SIGNED } from '../../support/self-signed.ts';
import { type Answer, upstream } from '../upstream.ts';

const key = randomBytes(32);
const signal = AbortSignal.timeout(60_000);
const here: HttpSend = () => Promise.resolve({ status: 200, body: 'made here' });

function calls(folder: string, more: Partial<LastingCallParts> = {}) {
  const parts = {
    nodeProgram: process.execPath,
    folder,
    sealingKey: () => key,
    send: here,
    wayOut: () => 'direct' as const,
  };
  return createLastingCalls({ ...parts, ...more });
}
const request = (origin: string): HttpRequest => ({
  method: 'POST',
  url: `${origin}/token`,
  headers: { 'content-type': 'application/json', 'x-a': 'b' },
  body: '{"refresh_token":"rt-1"}',
});
/** Of the account `c1`: what its files' names begin with. */
const callName = (origin: string): string =>
  `c1.${createHash('sha256')
    .update(`${origin}/token\n${request(origin).body}`)
    .digest('hex')
    .slice(0, 32)}`;
const unused: HttpSend = () => Promise.reject(new Error('made here'));
const granted: Answer = { status: 200, body: { access_token: 'at-very-secret-token' } };

/** Answers with tokens; when it `waits`, not before it is told to. The https one is `target.test`. */
async function tokenServer(scheme: 'http' | 'https', waits = false) {
  let asked = 0;
  let answerAll: () => void = () => undefined;
  const told = waits ? new Promise<void>((resolve) => (answerAll = resolve)) : Promise.resolve();
  const answer: RequestListener = (_request, response) => {
    asked += 1;
    void told.then(() => response.end(JSON.stringify(granted.body)));
  };
  const server = scheme === 'http' ? createServer(answer) : createSecureServer(SELF_SIGNED, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `${scheme}://${scheme === 'http' ? '127.0.0.1' : 'target.test'}:${port}`;
  return { url, port, asked: () => asked, answerAll: () => answerAll() };
}

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-'));
  writeFileSync(join(folder, 'ca.pem'), SELF_SIGNED.cert);
  vi.stubEnv('NODE_EXTRA_CA_CERTS', join(folder, 'ca.pem'));
  return () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  };
});

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

  it('that is under way is waited for by a process that makes it later', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { url, asked, answerAll } = await tokenServer('http', true);
    const first = calls(folder).sendFor('c1')(request(url), signal);
    await expect.poll(asked, { timeout: 20_000 }).toBe(1);
    const second = calls(folder).sendFor('c1')(request(url), signal);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(asked()).toBe(1);
    answerAll();
    expect(await second).toEqual(await first);
    expect(asked()).toBe(1);
  });

  it('is made where a turn was left behind whose number is another process’s by now', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    mkdirSync(folder);
    const turn = join(folder, `${callName(origin)}.turn`);
    writeFileSync(turn, String(process.pid));
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(turn, longAgo, longAgo);
    expect(await calls(folder).sendFor('c1')(request(origin), signal)).toMatchObject({ status: 200 });
    expect(asked).toHaveLength(1);
  });

  it('whose answer cannot be kept hands it over all the same', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    // No file can be written at a folder's place.
    mkdirSync(join(folder, `${callName(origin)}.new`), { recursive: true });
    expect(await calls(folder).sendFor('c1')(request(origin), signal)).toMatchObject({ status: 200 });
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

  it('that was kept for a while lasts for so much less', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin } = await upstream(() => ({ status: 200, body: { access_token: 'at-1', expires_in: 28_800 } }));
    const client = { id: 'c' };
    const refresh = () =>
      grantToken(
        'refresh_token',
        { refresh_token: 'rt-1' },
        { ...{ url: `${origin}/token`, client, style: FORM, signal }, send: calls(folder).sendFor('c1') },
      );
    expect((await refresh()).expiresInS).toBe(28_800);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    for (const [hoursAgo, leftS] of [
      [3, 18_000],
      [48, 1],
    ] as const) {
      const then = new Date(Date.now() - hoursAgo * 3_600_000);
      utimesSync(file, then, then);
      expect((await refresh()).expiresInS).toBeCloseTo(leftS, -2);
    }
  });

  it('does without a kept answer that cannot be opened', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { origin, asked } = await upstream(() => granted);
    await calls(folder).sendFor('c1')(request(origin), signal);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'damaged');
    await calls(folder).sendFor('c1')(request(origin), signal);
    expect(asked).toHaveLength(2);
  });

  it.each(['http', 'https'] as const)(
    'goes through a tunnel that is built here, to %s, and is kept',
    async (scheme) => {
      const folder = join(temporaryFolder(), 'refreshes');
      const { url, port, asked } = await tokenServer(scheme);
      let built = 0;
      const wayOut = () => ({
        openTunnel: async () => {
          built += 1;
          const socket = connect(port, '127.0.0.1');
          await once(socket, 'connect');
          return socket;
        },
      });
      const send = () => calls(folder, { wayOut, send: unused }).sendFor('c1')(request(url), signal);
      const answers = await Promise.all([1, 2, 3, 4].map(send));
      expect(answers).toEqual(Array(4).fill({ status: 200, body: JSON.stringify(granted.body) }));
      expect([asked(), built]).toEqual([1, 1]);
      expect(await send()).toEqual(answers[0]);
      expect([asked(), built]).toEqual([1, 1]);
    },
  );

  it('through a tunnel survives its process, which was killed once it had been handed over', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { url, port, asked, answerAll } = await tokenServer('http', true);
    const script = join(import.meta.dirname, 'call-through-tunnel.ts');
    const child = spawn(process.execPath, [script, folder, url, String(port), key.toString('base64')], {
      stdio: 'inherit',
    });
    await expect.poll(asked, { timeout: 20_000 }).toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    answerAll();
    const wayOut = () => ({ openTunnel: () => Promise.reject(new Error('no second call')) });
    const answer = await calls(folder, { wayOut }).sendFor('c1')(request(url), signal);
    expect([answer.body, asked()]).toEqual([JSON.stringify(granted.body), 1]);
  });

  it('whose tunnel cannot be built says why, and nothing is sent', async () => {
    const folder = join(temporaryFolder(), 'refreshes');
    const { url, asked } = await tokenServer('http');
    const failure = new OmniError('proxy_failed', 'The network proxy refused.');
    const wayOut = () => ({ openTunnel: () => Promise.reject(failure) });
    await expect(calls(folder, { wayOut }).sendFor('c1')(request(url), signal)).rejects.toBe(failure);
    expect(asked()).toBe(0);
    await expect.poll(() => readdirSync(folder)).toEqual([]);
  });

  it('is made here through a network proxy that speaks TLS, for what uses nothing up, and without a program for it', async () => {
    const folder = temporaryFolder();
    const body = 'made here';
    expect(await calls(folder, { wayOut: () => 'own' }).sendFor('c1')(request('http://x'), signal)).toMatchObject({
      body,
    });
    expect(await calls(folder, { nodeProgram: undefined }).sendFor('c1')(request('http://x'), signal)).toMatchObject({
      body,
    });
    const get: HttpRequest = { method: 'GET', url: 'http://x/', headers: {} };
    expect(await calls(folder).sendFor('c1')(get, signal)).toMatchObject({ body });
  });
});
