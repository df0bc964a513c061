import { describe, expect, it } from 'vitest';
import {
  type DoorDecision,
  type DoorRequest,
  type DoorRules,
  decideDoor,
  doorRules,
  isManagementPath,
} from '../../core/policy/door.ts';

const RULES: DoorRules = { allowedHosts: [], allowedOrigins: [], hasPublicUrl: false };

function ask(
  headers: Record<string, string>,
  change: Partial<DoorRequest> = {},
  rules: Partial<DoorRules> = {},
): DoorDecision {
  const request: DoorRequest = {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { host: 'localhost:20128', ...headers },
    hasBody: false,
    remoteAddress: '127.0.0.1',
    localAddress: '127.0.0.1',
    localPort: 20128,
    ...change,
  };
  return decideDoor(request, { ...RULES, ...rules });
}

function outcome(decision: DoorDecision): string {
  return decision.kind === 'refuse' ? decision.error.code : decision.kind;
}

describe('Host', () => {
  it.each(['localhost:20128', 'localhost', 'LOCALHOST:20128', '127.0.0.1:20128', '127.0.0.1', '[::1]:20128', '[::1]'])(
    '%s is ours',
    (host) => {
      expect(outcome(ask({ host }))).toBe('pass');
    },
  );

  it.each([
    'evil.example',
    'evil.example:20128',
    'localhost:3000',
    'localhost.evil.example:20128',
    'localhost.:20128',
    '127.0.0.1.nip.io:20128',
    '192.168.1.5:20128',
    '[::ffff:7f00:1]:20128',
    'localhost:20128@evil.example',
    '',
  ])('DNS rebinding (CVE-2025-66414): %s is not', (host) => {
    expect(outcome(ask({ host }))).toBe('forbidden_host');
    expect(outcome(ask({ host }, { method: 'GET', path: '/health' }))).toBe('forbidden_host');
  });

  it('a missing one is refused', () => {
    expect(outcome(ask({}, { headers: {} }))).toBe('forbidden_host');
  });

  it('the address the socket was reached under is ours, another one is not', () => {
    const lan = { localAddress: '::ffff:192.168.1.5', remoteAddress: '::ffff:192.168.1.9' };
    expect(outcome(ask({ host: '192.168.1.5:20128' }, lan))).toBe('pass');
    expect(outcome(ask({ host: '192.168.1.6:20128' }, lan))).toBe('forbidden_host');
    expect(outcome(ask({ host: '192.168.1.5:80' }, lan))).toBe('forbidden_host');
  });

  it('configured hosts are ours, with their port where one is named', () => {
    const rules = { allowedHosts: ['box.example', 'proxy.example:8443'] };
    expect(outcome(ask({ host: 'box.example' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'Box.Example:9' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'proxy.example:8443' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'proxy.example' }, {}, rules))).toBe('forbidden_host');
    expect(outcome(ask({ host: 'sub.box.example' }, {}, rules))).toBe('forbidden_host');
  });

  it('BASE_URL brings its host and origin', () => {
    const rules = doorRules({ allowedHosts: [], allowedOrigins: [] }, 'https://omni.example/base');
    expect(outcome(ask({ host: 'omni.example', origin: 'https://omni.example' }, {}, rules))).toBe('pass');
    // A proxy that puts its own Host in place:
    expect(outcome(ask({ host: '127.0.0.1:20128', origin: 'https://omni.example' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'evil.example' }, {}, rules))).toBe('forbidden_host');
  });
});

describe('Origin', () => {
  it.each(['http://localhost:20128', 'http://127.0.0.1:20128', 'http://[::1]:20128'])('%s is ours', (origin) => {
    expect(outcome(ask({ origin }))).toBe('pass');
  });

  it.each([
    'https://evil.example',
    'null',
    'http://localhost:3000',
    'http://localhost',
    'http://localhost:20128.evil.example',
    'http://evil.example:20128',
    'chrome-extension://abcdefghijklmnop',
    'file://',
  ])('%s is foreign, on every route', (origin) => {
    for (const path of ['/v1/chat/completions', '/api/keys', '/health', '/api/chat', '/']) {
      expect(outcome(ask({ origin }, { path }))).toBe('forbidden_origin');
      expect(outcome(ask({ origin }, { path, method: 'GET' }))).toBe('forbidden_origin');
      expect(outcome(ask({ origin }, { path, method: 'OPTIONS' }))).toBe('forbidden_origin');
    }
  });

  it('behind a proxy the origin the request was sent to is ours, with or without the standard port', () => {
    const rules = { allowedHosts: ['box.example'] };
    expect(outcome(ask({ host: 'box.example', origin: 'https://box.example' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'box.example:443', origin: 'https://box.example' }, {}, rules))).toBe('pass');
    expect(outcome(ask({ host: 'box.example', origin: 'https://box.example:8443' }, {}, rules))).toBe(
      'forbidden_origin',
    );
  });

  it('an allow-listed one passes and gets CORS headers for itself, never *', () => {
    const decision = ask(
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
      {},
      { allowedOrigins: ['https://app.example'] },
    );
    expect(decision).toMatchObject({
      kind: 'pass',
      headers: { 'access-control-allow-origin': 'https://app.example', vary: 'Origin' },
    });
    expect(JSON.stringify(decision)).not.toContain('credentials');
  });

  it('a caller without Origin gets no CORS headers', () => {
    expect(ask({})).toEqual({ kind: 'pass', headers: {}, isLocal: true });
  });
});

describe('Sec-Fetch-Site', () => {
  it.each(['cross-site', 'same-site'])('%s without an Origin is refused: images and frames of other pages', (site) => {
    expect(outcome(ask({ 'sec-fetch-site': site }, { method: 'GET', path: '/api/keys' }))).toBe('forbidden_origin');
    expect(
      outcome(ask({ 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }, { method: 'GET', path: '/login' })),
    ).toBe('forbidden_origin');
  });

  it.each(['same-origin', 'none'])('%s passes', (site) => {
    expect(outcome(ask({ 'sec-fetch-site': site }, { method: 'GET', path: '/login' }))).toBe('pass');
  });

  it('a link to one of our pages may be opened, a link into the API or a frame may not', () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(outcome(ask(link, { method: 'GET', path: '/setup' }))).toBe('pass');
    expect(outcome(ask(link, { method: 'GET', path: '/api/settings' }))).toBe('forbidden_origin');
    expect(outcome(ask(link, { method: 'POST', path: '/setup' }))).toBe('forbidden_origin');
    expect(outcome(ask({ ...link, 'sec-fetch-dest': 'iframe' }, { method: 'GET', path: '/setup' }))).toBe(
      'forbidden_origin',
    );
  });
});

describe('preflight', () => {
  it('is answered for an allow-listed origin with the headers it asked for', () => {
    const headers = {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
      'access-control-request-private-network': 'true',
    };
    expect(ask(headers, { method: 'OPTIONS' }, { allowedOrigins: ['https://app.example'] })).toMatchObject({
      kind: 'answer',
      status: 204,
      headers: {
        'access-control-allow-origin': 'https://app.example',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-allow-private-network': 'true',
      },
    });
  });

  it("a tool's OPTIONS gets the methods and no CORS headers", () => {
    const decision = ask({}, { method: 'OPTIONS' });
    expect(decision).toEqual({
      kind: 'answer',
      status: 204,
      headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' },
    });
  });
});

describe('content type of management', () => {
  const write = { path: '/api/keys', hasBody: true };

  it.each([
    {},
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
  ])('%j is refused: a form of another page could send it', (headers) => {
    expect(outcome(ask(headers, write))).toBe('unsupported_media_type');
  });

  it('JSON passes, and so does a write without a body', () => {
    expect(outcome(ask({ 'content-type': 'application/json; charset=utf-8' }, write))).toBe('pass');
    expect(outcome(ask({}, { ...write, hasBody: false }))).toBe('pass');
  });

  it("Ollama's paths are not management's: its clients do not name the type", () => {
    expect(
      outcome(ask({ 'content-type': 'application/x-www-form-urlencoded' }, { path: '/api/chat', hasBody: true })),
    ).toBe('pass');
    expect(isManagementPath('/api/tags')).toBe(false);
    expect(isManagementPath('/api/chat')).toBe(false);
    expect(isManagementPath('/api/chat/../keys')).toBe(true);
    expect(isManagementPath('/api/keys')).toBe(true);
    expect(isManagementPath('/apix')).toBe(false);
  });
});

describe('locality', () => {
  const isLocal = (
    headers: Record<string, string>,
    change: Partial<DoorRequest> = {},
    rules: Partial<DoorRules> = {},
  ): boolean => {
    const decision = ask(headers, change, rules);
    return decision.kind === 'pass' && decision.isLocal;
  };

  it('is what the socket says', () => {
    expect(isLocal({})).toBe(true);
    expect(isLocal({}, { remoteAddress: '::1' })).toBe(true);
    expect(isLocal({}, { remoteAddress: '::ffff:127.0.0.1' })).toBe(true);
    expect(isLocal({}, { remoteAddress: '192.168.1.9' })).toBe(false);
    expect(isLocal({}, { remoteAddress: undefined })).toBe(false);
  });

  it('CVE-2026-49353: no header makes a remote caller local', () => {
    const headers = {
      host: 'localhost:20128',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-9r-real-ip': '127.0.0.1',
    };
    expect(isLocal(headers, { remoteAddress: '203.0.113.7' })).toBe(false);
  });

  it('a reverse proxy on this machine does not make strangers local', () => {
    expect(isLocal({ 'x-forwarded-for': '203.0.113.7' })).toBe(false);
    expect(isLocal({ host: 'box.example' }, {}, { allowedHosts: ['box.example'] })).toBe(false);
    expect(isLocal({}, {}, doorRules({ allowedHosts: [], allowedOrigins: [] }, 'https://omni.example'))).toBe(false);
    expect(isLocal({}, {}, doorRules({ allowedHosts: [], allowedOrigins: [] }, 'http://localhost:20128'))).toBe(true);
  });
});
