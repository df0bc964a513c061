/** Who may manage: nobody without the one-time link, the password's session or a key made for it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, parseJson } from '../../core/base/json.ts';
import { type RawAnswer, type RawCall, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, type ManagementClient, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { ROOT } from '../support/sources.ts';

const post = (url: string, path: string, body: object, headers = {}): Promise<RawAnswer> =>
  rawCall(url, { method: 'POST', path, body, headers });
const statuses = (answers: readonly RawAnswer[]): number[] => answers.map(({ status }) => status).sort();

describe('management', () => {
  let gateway: GatewayProcess;
  let management: ManagementClient;
  let cookie = '';
  beforeAll(async () => {
    gateway = await startGateway();
    management = await gateway.login();
    const login = await post(gateway.baseUrl, '/api/auth/login', { password: PASSWORD });
    cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  });
  afterAll(() => gateway.stop());
  const call = (request: RawCall): Promise<RawAnswer> => rawCall(gateway.baseUrl, request);

  it('CVE-2026-59801: without a session every route of the document is a 401, with a key for inference a 403', async () => {
    const document = await management.get('/api/openapi.json');
    const { key } = await management.post('/api/keys', { name: 'inference' });
    const open: string[] = [];
    const routes = Object.entries(asObject(document['paths']) ?? {}).flatMap(([path, methods]) =>
      Object.keys(asObject(methods) ?? {}).map((method) => [method.toUpperCase(), `/api${path}`] as const),
    );
    expect(routes.length).toBeGreaterThan(35);
    for (const [method, path] of [...routes, ['GET', '/api/openapi.json'] as const]) {
      const asked = { method, path: path.replaceAll(/\{[^}]+\}/g, 'x'), ...(method === 'GET' ? {} : { body: {} }) };
      const bare = await call(asked);
      if (asObject(bare.body['error'])?.['code'] !== 'AUTH_001') {
        open.push(`${method} ${path}`);
        continue;
      }
      expect(bare.status).toBe(401);
      const refusals: Record<string, string>[] = [
        { 'x-api-key': 'sk-unknown' },
        { cookie: 'auth_token=eyJhbGciOiJub25lIn0.eyJlcG9jaCI6MX0.' },
        { cookie: `${cookie}x` },
      ];
      for (const headers of refusals) expect((await call({ ...asked, headers })).status).toBe(401);
      expect((await call({ ...asked, headers: { authorization: `Bearer ${key}` } })).status).toBe(403);
    }
    expect(open.sort()).toEqual([
      'GET /api/auth/status',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'POST /api/auth/setup',
    ]);
  });

  it.each([
    '/api/../api/keys',
    '//api/keys',
    '/API/keys',
    '/api//keys',
    '/%61pi/keys',
    '/api/keys%00',
    '/api/keys;a=b',
    '/api/auth/login/..%2f..%2fkeys',
    '/api/auth/status/../../keys',
    '/api/chat/../keys',
    '/api\\keys',
    '/v1/../api/keys',
  ])('the path %s leads around nothing', async (path) => {
    const { status, text } = await call({ path });
    expect([400, 401, 404]).toContain(status);
    expect(text).not.toContain('inference');
  });

  it('a key with the management scope runs the README’s curl lines; one for inference does not', async () => {
    const { key } = await management.post('/api/keys', { name: 'scripts', scopes: ['management'] });
    const inference = await management.post('/api/keys', { name: 'tools' });
    const lines = readmeCalls().filter(({ path }) => path !== '/api/auth/login');
    expect(lines.map(({ path }) => path)).toEqual(['/api/providers', '/api/provider-nodes']);
    for (const { path, body } of lines) {
      const refused = await post(gateway.baseUrl, path, body, { authorization: `Bearer ${inference['key']}` });
      expect([refused.status, refused.body]).toMatchObject([403, { error: { type: 'permission_error' } }]);
      const made = await post(gateway.baseUrl, path, body, { authorization: `Bearer ${key}` });
      expect([path, made.status, made.text]).toEqual([path, 201, expect.any(String)]);
    }
    const models = await call({ path: '/v1/models', headers: { 'x-api-key': String(key) } });
    expect(models.status).toBe(403);
  });

  it('the README’s lines work with the cookie of its first one', async () => {
    const [login] = readmeCalls();
    expect(login?.path).toBe('/api/auth/login');
    const session = await post(gateway.baseUrl, '/api/auth/login', { ...login?.body, password: PASSWORD });
    expect(session.status).toBe(200);
    const header = session.headers['set-cookie']?.[0] ?? '';
    const name = { name: 'by hand', provider: 'deepseek', apiKey: 'sk-1' };
    expect((await post(gateway.baseUrl, '/api/providers', name, { cookie: header.split(';')[0] })).status).toBe(201);
  });

  it('a key that was switched off or removed opens nothing any more', async () => {
    for (const end of ['PATCH', 'DELETE']) {
      const { key, id } = await management.post('/api/keys', { name: end, scopes: ['management', 'inference'] });
      const headers = { authorization: `Bearer ${key}` };
      for (const path of ['/api/keys', '/v1/models']) expect((await call({ path, headers })).status).toBe(200);
      await management.send(end, `/api/keys/${id}`, end === 'PATCH' ? { isActive: false } : undefined);
      for (const path of ['/api/keys', '/v1/models']) expect((await call({ path, headers })).status).toBe(401);
    }
  });

  it('the cookie is out of reach for scripts and other sites, and dies with a sign-out', async () => {
    const session = await post(gateway.baseUrl, '/api/auth/login', { password: PASSWORD });
    const [header = ''] = session.headers['set-cookie'] ?? [];
    expect(header.split('; ').slice(1).sort()).toEqual(['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Strict']);
    const own = header.split(';')[0] ?? '';
    expect((await call({ path: '/api/keys', headers: { cookie: own } })).status).toBe(200);
    expect((await post(gateway.baseUrl, '/api/auth/logout', {}, { cookie: own })).status).toBe(200);
    expect((await call({ path: '/api/keys', headers: { cookie: own } })).status).toBe(401);
    expect((await call({ path: '/api/keys', headers: { cookie } })).status).toBe(200);
  });
});

describe('signing in', () => {
  it('guesses are counted also when they come at once and under made-up addresses', async () => {
    const gateway = await startGateway({ env: { AUTH_COOKIE_SECURE: 'true' } });
    try {
      const right = await post(gateway.baseUrl, '/api/auth/login', { password: PASSWORD });
      expect(right.headers['set-cookie']?.[0]).toContain('; Secure');
      const guesses = Array.from({ length: 40 }, (_, number) =>
        post(
          gateway.baseUrl,
          '/api/auth/login',
          { password: `guess ${number}` },
          {
            'x-forwarded-for': `10.0.0.${number}`,
            'x-real-ip': `10.0.1.${number}`,
          },
        ),
      );
      const answers = await Promise.all(guesses);
      expect(statuses(answers)).toEqual([...Array(5).fill(401), ...Array(35).fill(429)]);
      const refused = answers.find(({ status }) => status === 429);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(60);
      expect((await post(gateway.baseUrl, '/api/auth/login', { password: PASSWORD })).status).toBe(429);
    } finally {
      await gateway.stop();
    }
  });

  it('the set-up link works once, and only while no password is set', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    const env = { INITIAL_PASSWORD: '' };
    try {
      const gateway = await startGateway({ dataDir, env });
      const { baseUrl } = gateway;
      const setUp = (token: string, password: string): Promise<RawAnswer> =>
        post(baseUrl, '/api/auth/setup', { token, password });
      const token = /\/setup#(\S+) /.exec(gateway.stderr())?.[1] ?? '';
      expect(token.length).toBeGreaterThan(40);
      expect(gateway.stdout()).not.toContain(token);
      expect((await rawCall(baseUrl, { path: '/setup' })).text).not.toContain(token);
      expect((await post(baseUrl, '/api/auth/login', { password: '' })).status).toBe(400);
      expect((await post(baseUrl, '/api/auth/login', { password: 'undefined' })).status).toBe(403);
      expect((await rawCall(baseUrl, { path: '/api/keys' })).status).toBe(401);
      expect((await setUp(`${token}x`, 'a long password')).status).toBe(401);
      expect((await setUp(token, 'short')).status).toBe(400);
      const at = await Promise.all([setUp(token, 'first password'), setUp(token, 'second password')]);
      expect(statuses(at)[0]).toBe(200);
      expect([401, 409]).toContain(statuses(at)[1]);
      expect((await setUp(token, 'third password')).status).toBe(409);
      const cookie = at.find(({ status }) => status === 200)?.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      expect((await rawCall(baseUrl, { path: '/api/keys', headers: { cookie } })).status).toBe(200);
      await gateway.stop();
      const again = await startGateway({ dataDir, env: { INITIAL_PASSWORD: 'a later password' } });
      expect(again.stderr()).not.toContain('/setup#');
      expect((await post(again.baseUrl, '/api/auth/setup', { token, password: 'fourth password' })).status).toBe(409);
      expect((await post(again.baseUrl, '/api/auth/login', { password: 'a later password' })).status).toBe(401);
      await again.stop();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

/** The curl lines of the README as calls; an ellipsis there stands for what the reader fills in. */
function readmeCalls(): { readonly path: string; readonly body: JsonObject }[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return [...readme.matchAll(/curl .* -d '(\{.*\})' http:\/\/localhost:20128(\S+)/g)].map(
    ([, body = '', path = '']) => ({
      path: asString(path) ?? '',
      body: asObject(parseJson(body.replaceAll('…', 'filled-in'))) ?? {},
    }),
  );
}
