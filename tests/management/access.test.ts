import { traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract } from '../../core/management/contract.ts';
import { type ManagementServer, PASSWORD, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

/** Every route of the contract, with a path that fits; those of signing in answer anyone. */
const ROUTES: [string, string][] = [
  ['GET', '/api/openapi.json'],
  ['GET', '/api/nothing'],
  ['POST', '/api/auth/login/../../keys'],
  ['GET', '/api/auth/status/../../keys'],
];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  const { method = 'POST', path: template } = procedure['~orpc'].route;
  if (template === undefined) throw new Error(`${path.join('.')} has no path of its own.`);
  if (path[0] !== 'auth') ROUTES.push([method, `/api${template.replaceAll(/\{\+?\w+\}/g, 'x')}`]);
});

describe('without a session', () => {
  it('every route of the contract is called here', () => expect(ROUTES.length).toBeGreaterThan(120));

  it.each(ROUTES)('CVE-2026-59801: %s %s answers 401 AUTH_001', async (method, path) => {
    const { status, body } = await server.call(
      method,
      path,
      method === 'POST' || method === 'PUT' || method === 'PATCH' ? {} : undefined,
    );
    expect(status).toBe(401);
    expect(body).toEqual({
      error: {
        code: 'AUTH_001',
        type: 'authentication_error',
        message: 'Sign in, or send an API key that was created with the management scope.',
        param: null,
        correlation_id: expect.any(String),
      },
    });
  });

  it('the status is public and says little', async () => {
    const { status, body, headers } = await server.call('GET', '/api/auth/status');
    expect(status).toBe(200);
    expect(body).toEqual({ authenticated: false, hasPassword: true, needsSetup: false });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/api/chat', '/api/tags', '/v1/models', '/', '/setup.php'])('%s is not management’s', async (path) => {
    expect((await server.call('GET', path)).status).toBe(599);
  });
});

describe('an API key', () => {
  it('with the management scope opens every route, by Bearer or x-api-key', async () => {
    const { key } = server.services.apiKeys.create({ name: 'tool', scopes: ['management'] });
    expect((await server.call('GET', '/api/keys', undefined, { authorization: `Bearer ${key.reveal()}` })).status).toBe(
      200,
    );
    expect((await server.call('GET', '/api/settings', undefined, { 'x-api-key': key.reveal() })).status).toBe(200);
  });

  it('for inference opens none, and an unknown one is told so', async () => {
    const { key } = server.services.apiKeys.create({ name: 'tool' });
    const refused = await server.call('GET', '/api/keys', undefined, { authorization: `Bearer ${key.reveal()}` });
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ error: { code: 'permission_denied', type: 'permission_error' } });
    const unknown = await server.call('GET', '/api/keys', undefined, { authorization: 'Bearer sk-dummy' });
    expect([unknown.status, unknown.body]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
  });
});

describe('signing in', () => {
  it('sets the cookie, which opens the API; signing out closes it', async () => {
    const answer = await server.call('POST', '/api/auth/login', { password: PASSWORD });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    const setCookie = answer.headers.get('set-cookie') ?? '';
    expect(setCookie).toMatch(/^auth_token=.+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = setCookie.split(';', 1)[0] ?? '';
    expect((await server.call('GET', '/api/auth/status', undefined, { cookie })).body).toMatchObject({
      authenticated: true,
      version: '1.2.3',
    });
    expect((await server.call('GET', '/api/settings', undefined, { cookie })).status).toBe(200);
    const out = await server.call('POST', '/api/auth/logout', undefined, { cookie });
    expect(out.headers.get('set-cookie')).toMatch(/^auth_token=; Max-Age=0/);
    expect((await server.call('GET', '/api/settings', undefined, { cookie })).status).toBe(401);
  });

  it('the cookie does not help another site', async () => {
    const cookie =
      ((await server.call('POST', '/api/auth/login', { password: PASSWORD })).headers.get('set-cookie') ?? '').split(
        ';',
        1,
      )[0] ?? '';
    const foreign = await server.call('POST', '/api/keys', { name: 'x' }, { cookie, origin: 'https://evil.example' });
    expect([foreign.status, foreign.body]).toEqual([403, { error: { code: 'forbidden_origin' } }]);
    const form = await server.call('POST', '/api/keys', 'name=x', {
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(form.status).toBe(415);
  });

  it('a wrong password is 401, too many are 429 with Retry-After', async () => {
    const own = await startManagement();
    try {
      const wrong = await own.call('POST', '/api/auth/login', { password: 'wrong' });
      expect([wrong.status, wrong.body]).toMatchObject([
        401,
        { error: { code: 'wrong_password', message: 'Wrong password.' } },
      ]);
      await Promise.all(Array.from({ length: 4 }, () => own.call('POST', '/api/auth/login', { password: 'wrong' })));
      const locked = await own.call('POST', '/api/auth/login', { password: PASSWORD });
      expect([locked.status, locked.headers.get('retry-after')]).toEqual([429, '900']);
      expect(locked.body).toMatchObject({
        error: { type: 'rate_limit_error', message: 'Too many wrong passwords. Try again in 15 minutes.' },
      });
    } finally {
      await own.stop();
    }
  });

  it('the first password comes with the token of the link', async () => {
    const own = await startManagement({ hasPassword: false });
    try {
      expect((await own.call('GET', '/api/auth/status')).body).toEqual({
        authenticated: false,
        hasPassword: false,
        needsSetup: true,
      });
      const early = await own.call('POST', '/api/auth/login', { password: '123456' });
      expect([early.status, early.body]).toMatchObject([403, { needsSetup: true, error: { code: 'setup_required' } }]);
      expect((await own.call('POST', '/api/auth/setup', { token: 'guessed', password: PASSWORD })).status).toBe(401);
      const token = own.services.sessions.setupPath()?.slice('/setup#'.length);
      const short = await own.call('POST', '/api/auth/setup', { token, password: 'seven77' });
      expect([short.status, short.body]).toMatchObject([400, { error: { param: 'password' } }]);
      const done = await own.call('POST', '/api/auth/setup', { token, password: PASSWORD });
      expect([done.status, done.body]).toEqual([200, { success: true }]);
      const cookie = (done.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
      expect((await own.call('GET', '/api/settings', undefined, { cookie })).body).toMatchObject({
        hasPassword: true,
        setupComplete: true,
      });
      expect((await own.call('POST', '/api/auth/setup', { token, password: PASSWORD })).status).toBe(409);
    } finally {
      await own.stop();
    }
  });
});

describe('wrong calls', () => {
  it('an unknown route is 404, a wrong method 405 with Allow', async () => {
    const unknown = await server.own('GET', '/api/nothing');
    expect([unknown.status, unknown.body]).toMatchObject([
      404,
      { error: { code: 'not_found', type: 'invalid_request_error' } },
    ]);
    const wrong = await server.own('DELETE', '/api/settings');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PATCH, PUT, HEAD']);
  });

  it.each([
    ['{"name":', 'invalid_json'],
    ['[1]', 'invalid_request'],
    ['"text"', 'invalid_request'],
  ])('%s is 400 %s', async (body, code) => {
    const answer = await server.own('POST', '/api/keys', body);
    expect([answer.status, answer.body]).toMatchObject([400, { error: { code } }]);
  });

  it('a body over 1 MB is 413', async () => {
    const answer = await server.own('POST', '/api/keys', { name: 'x'.repeat(1_100_000) });
    expect([answer.status, answer.body]).toMatchObject([413, { error: { code: 'PAYLOAD_TOO_LARGE' } }]);
  });

  it('HEAD is GET without the body', async () => {
    const answer = await server.own('HEAD', '/api/keys');
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

describe('the OpenAPI document', () => {
  it('describes every route with its body', async () => {
    const { body } = await server.own('GET', '/api/openapi.json');
    expect(body).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      info: { version: '1.2.3' },
      paths: {
        '/provider-nodes': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { required: ['name', 'prefix', 'type', 'baseUrl'] } } },
            },
            responses: { 201: {} },
          },
        },
        '/providers/{id}': { get: {}, put: {}, delete: {} },
        '/settings': { get: {}, patch: {}, put: {} },
      },
    });
  });
});
