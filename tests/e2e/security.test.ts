/**
 * What a hostile web page, a stranger on the network or a crafted body can do to the real server: nothing. Each case is
 * named after what was exploited elsewhere (pitfalls.md 2).
 */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asString } from '../../core/base/json.ts';
import { addNode, type RawCall, rawBytes, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, type ManagementClient, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { chatAnswer, messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let gateway: GatewayProcess;
let management: ManagementClient;
let upstream: Upstream;
let stranger: Upstream;
let cookie = '';
let port = '';

beforeAll(async () => {
  upstream = await startUpstream(({ path }, response) =>
    sendJson(response, path.endsWith('/messages') ? messagesAnswer([{ type: 'text', text: 'ok' }]) : chatAnswer('ok')),
  );
  stranger = await startUpstream((_received, response) => sendJson(response, chatAnswer('stolen')));
  gateway = await startGateway();
  management = await gateway.login();
  ({ port } = new URL(gateway.baseUrl));
  const login = await rawCall(gateway.baseUrl, {
    method: 'POST',
    path: '/api/auth/login',
    body: { password: PASSWORD },
  });
  cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  await addNode(management, { prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await addNode(management, { prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([upstream.close(), stranger.close()]);
});
beforeEach(() => {
  upstream.received.length = 0;
});

const call = (request: RawCall) => rawCall(gateway.baseUrl, request);
const hi = [{ role: 'user', content: 'hi' }];
const chatShape = { error: { message: expect.any(String), type: 'permission_error', code: expect.any(String) } };
const ollamaShape = { error: expect.any(String) };
const geminiShape = { error: { code: 403, status: 'PERMISSION_DENIED', message: expect.any(String) } };
const messagesShape = { type: 'error', error: { type: 'permission_error', message: expect.any(String) } };

/** One of each kind of route, with the shape in which its clients read a refusal. */
const ROUTES: readonly (readonly [method: string, path: string, refusal: object])[] = [
  ['GET', '/', chatShape],
  ['GET', '/health', chatShape],
  ['GET', '/setup', chatShape],
  ['GET', '/login', chatShape],
  ['POST', '/api/rpc/keys/list', chatShape],
  ['GET', '/nothing', chatShape],
  ['GET', '/v1/models', chatShape],
  ['GET', '/v1/models/chat/m', chatShape],
  ['GET', '/v1beta/models', geminiShape],
  ['GET', '/api/tags', ollamaShape],
  ['GET', '/api/version', ollamaShape],
  ['POST', '/v1/chat/completions', chatShape],
  ['POST', '/chat/completions', chatShape],
  ['POST', '/v1/v1/chat/completions', chatShape],
  ['POST', '/v1/providers/openai/chat/completions', chatShape],
  ['POST', '/v1/completions', chatShape],
  ['POST', '/v1/embeddings', chatShape],
  ['POST', '/v1/responses', chatShape],
  ['POST', '/v1/messages', messagesShape],
  ['POST', '/v1/messages/count_tokens', messagesShape],
  ['POST', '/v1beta/models/chat/m:generateContent', geminiShape],
  ['POST', '/v1/models/chat/m:streamGenerateContent', geminiShape],
  ['POST', '/api/chat', ollamaShape],
  ['POST', '/v1/api/chat', ollamaShape],
  ['GET', '/api/auth/status', chatShape],
  ['POST', '/api/auth/login', chatShape],
  ['POST', '/api/auth/setup', chatShape],
  ['GET', '/api/keys', chatShape],
  ['POST', '/api/keys', chatShape],
  ['GET', '/api/openapi.json', chatShape],
];
const bodyOf = (method: string): Pick<RawCall, 'body'> =>
  method === 'POST' ? { body: { model: 'chat/m', max_tokens: 1, messages: hi } } : {};

describe('CVE-2025-66414, DNS rebinding: a foreign Host', () => {
  it.each(ROUTES)('%s %s is a 403 in the caller’s protocol', async (method, path, refusal) => {
    const answer = await call({ method, path, headers: { host: `evil.example:${port}`, cookie }, ...bodyOf(method) });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject(refusal);
    expect(upstream.received).toHaveLength(0);
  });

  it.each([
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'localhost.',
    '0.0.0.0:PORT',
    '2130706433:PORT',
    '127.1:PORT',
    '127.0.0.1:1',
    '127.0.0.1@evil.example',
    '[::1].evil.example',
    'localhost, evil.example',
  ])('the name "%s" is refused', async (name) => {
    const headers = { host: name.replace('PORT', port) };
    expect((await call({ path: '/v1/models', headers })).status).toBe(403);
    expect((await call({ path: '/api/auth/status', headers })).status).toBe(403);
  });

  it.each(['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LOCALHOST:PORT'])(
    'the name "%s" is ours',
    async (name) => {
      expect((await call({ path: '/v1/models', headers: { host: name.replace('PORT', port) } })).status).toBe(200);
    },
  );

  it('a URL in the request line does not stand in for the path', async () => {
    const head = `GET http://evil.example/api/keys HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n`;
    expect(await rawBytes(gateway.baseUrl, `${head}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[034] /);
  });
});

describe('CVE-2025-57755, a web page that calls localhost', () => {
  it.each(ROUTES)('%s %s refuses a foreign Origin and another site', async (method, path, refusal) => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost.evil.example:${port}` },
      { origin: 'http://localhost:1' },
      { origin: 'file://' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await call({ method, path, headers: { ...headers, cookie }, ...bodyOf(method) });
      expect([answer.status, headers]).toEqual([403, headers]);
      expect(answer.body).toMatchObject(refusal);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(upstream.received).toHaveLength(0);
  });

  it('our own page, and what a person typed, pass', async () => {
    for (const headers of [
      { origin: gateway.baseUrl, 'sec-fetch-site': 'same-origin' },
      { origin: `http://localhost:${port}` },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect((await call({ path: '/v1/models', headers })).status).toBe(200);
      expect((await call({ path: '/api/keys', headers: { ...headers, cookie } })).status).toBe(200);
    }
  });

  it('no answer allows every origin, not even when asked to', async () => {
    const open = await startGateway({ env: { CORS_ORIGIN: '*', ALLOWED_ORIGINS: 'https://app.example,*' } });
    try {
      for (const [method, path] of ROUTES) {
        for (const origin of ['https://evil.example', 'https://app.example']) {
          const asked = { origin, 'access-control-request-method': method };
          for (const sent of [method, 'OPTIONS']) {
            const { headers, status } = await rawCall(open.baseUrl, { method: sent, path, headers: asked });
            const allowed = origin === 'https://app.example' ? origin : undefined;
            expect([path, headers['access-control-allow-origin']]).toEqual([path, allowed]);
            expect(headers['access-control-allow-credentials']).toBeUndefined();
            if (allowed === undefined) expect(status).toBe(403);
          }
        }
      }
      expect(open.stderr()).toContain('origin of *');
    } finally {
      await open.stop();
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json'])(
    'a form cannot post to /api: %s is a 415',
    async (type) => {
      const answer = await call({
        method: 'POST',
        path: '/api/keys',
        headers: { cookie, 'content-type': type },
        body: '{"name":"planted"}',
      });
      expect([answer.status, answer.body]).toMatchObject([415, { error: { type: 'invalid_request_error' } }]);
      expect(JSON.stringify(await management.get('/api/keys'))).not.toContain('planted');
    },
  );
});

describe('CVE-2024-6587, a body that chooses where the key goes', () => {
  const members = (url: string): string => {
    const steering = {
      base_url: url,
      baseURL: url,
      api_base: url,
      baseUrl: url,
      endpoint: url,
      url,
      custom_host: url,
      api_key: 'sk-other',
      headers: { 'x-evil': '1', authorization: 'Bearer sk-other', host: 'evil.example' },
      extra_headers: { 'x-evil': '1' },
      proxy: url,
      provider: { baseUrl: url },
      hosts: { api: url },
      metadata: { base_url: url },
    };
    const text = JSON.stringify(steering).slice(1, -1);
    return `${text},"__proto__":{${text}},"constructor":{"prototype":{${text}}}`;
  };
  it.each([
    ['/v1/chat/completions', 'chat', '/v1/chat/completions'],
    ['/v1/chat/completions', 'anth', '/v1/messages'],
    ['/v1/messages', 'anth', '/v1/messages'],
    ['/v1/messages', 'chat', '/v1/chat/completions'],
  ])('%s to %s goes to %s of its own host, with its own key', async (path, prefix, expected) => {
    const answer = await call({
      method: 'POST',
      path,
      headers: {
        'x-base-url': stranger.url,
        'x-portkey-custom-host': stranger.url,
        'x-forwarded-host': 'evil.example',
        'x-evil': '1',
        authorization: 'Bearer sk-other',
      },
      body: `{"model":"${prefix}/m","max_tokens":5,"messages":[{"role":"user","content":"hi"}],${members(stranger.url)}}`,
    });
    // Behind a forwarding header nobody is local, so the first call is refused; without it, it goes its own way.
    expect(answer.status).toBe(401);
    const local = await call({
      method: 'POST',
      path,
      headers: { 'x-base-url': stranger.url, 'x-evil': '1', authorization: 'Bearer sk-other' },
      body: `{"model":"${prefix}/m","max_tokens":5,"messages":[{"role":"user","content":"hi"}],${members(stranger.url)}}`,
    });
    expect(local.status).toBe(200);
    expect(stranger.received).toHaveLength(0);
    expect(upstream.received.map((received) => received.path)).toEqual([expected]);
    const headers = upstream.received[0]?.headers ?? {};
    expect(headers.host).toBe(new URL(upstream.url).host);
    expect(headers['x-evil']).toBeUndefined();
    expect(prefix === 'chat' ? headers.authorization : headers['x-api-key']).toContain(UPSTREAM_KEY);
    expect(Object.values(headers).join(' ')).not.toContain('sk-other');
  });

  it('nothing sticks: the next plain request is as ever', async () => {
    const answer = await call({
      method: 'POST',
      path: '/v1/chat/completions',
      body: { model: 'chat/m', messages: hi },
    });
    expect(answer.status).toBe(200);
    expect(Object.keys(upstream.received[0]?.body ?? {}).sort()).toEqual(['messages', 'model']);
  });
});

describe('CVE-2026-49353, GHSA-pjm4-8fpg-f9p6: "local" is what the socket says', () => {
  it.each(['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'cf-connecting-ip', 'x-forwarded-host'])(
    '%s takes the local caller’s leave away, whatever it says',
    async (name) => {
      for (const value of ['127.0.0.1', '::1', 'for=127.0.0.1', 'localhost']) {
        expect((await call({ path: '/v1/models', headers: { [name]: value } })).status).toBe(401);
      }
    },
  );

  it('listening on every address makes keys mandatory, for this machine too', async () => {
    const open = await startGateway({ args: ['--port', '0', '--host', '0.0.0.0'] });
    const url = open.baseUrl.replace('0.0.0.0', '127.0.0.1');
    try {
      const none = { path: '/v1/models' };
      expect((await rawCall(url, none)).status).toBe(401);
      for (const name of ['x-forwarded-for', 'x-real-ip', 'x-9r-real-ip', 'x-client-ip', 'true-client-ip']) {
        expect((await rawCall(url, { ...none, headers: { [name]: '127.0.0.1' } })).status).toBe(401);
      }
      const session = await rawCall(url, { method: 'POST', path: '/api/auth/login', body: { password: PASSWORD } });
      const headers = { cookie: session.headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
      const made = await rawCall(url, { method: 'POST', path: '/api/keys', headers, body: { name: 'lan' } });
      const authorization = `Bearer ${asString(made.body['key'])}`;
      expect((await rawCall(url, { ...none, headers: { authorization } })).status).toBe(200);
    } finally {
      await open.stop();
    }
  });

  it('by default only 127.0.0.1 is listened on', async () => {
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const addresses = others
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address }) => address);
    for (const address of ['127.0.0.2', ...addresses]) expect(await reaches(address)).toBe(false);
    expect(await reaches('127.0.0.1')).toBe(true);
    if (!existsSync('/proc/net/tcp')) return;
    const inHex = Number(port).toString(16).toUpperCase().padStart(4, '0');
    const listening = `${readFileSync('/proc/net/tcp', 'utf8')}${readFileSync('/proc/net/tcp6', 'utf8')}`
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = '', , state]) => local.endsWith(`:${inHex}`) && state === '0A');
    expect(listening.map(([, local]) => local)).toEqual([`0100007F:${inHex}`]);
  });
});

describe('request smuggling', () => {
  const smuggled = `GET /api/auth/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  it.each([
    ['both lengths', `Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['two lengths', `Content-Length: 0\r\nContent-Length: 44\r\n\r\n${smuggled}`],
    ['a signed length', `Content-Length: +5\r\n\r\nhello${smuggled}`],
    ['an unknown coding', `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['a space before the colon', `Content-Length : 5\r\n\r\nhello${smuggled}`],
    [
      'a folded header',
      `X: a\r\n Content-Length: 0\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n\r\n${smuggled}`,
    ],
    ['no Host', ''],
  ])('%s is a 400, and what follows is not served', async (name, rest) => {
    const host = name === 'no Host' ? '\r\n' : `Host: 127.0.0.1:${port}\r\n`;
    const answer = await rawBytes(gateway.baseUrl, `POST /v1/chat/completions HTTP/1.1\r\n${host}${rest}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect(answer).not.toContain('hasPassword');
  });
});

function reaches(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), address);
    const settle = (isReached: boolean): void => {
      socket.destroy();
      resolve(isReached);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}
