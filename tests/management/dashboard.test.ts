import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../support/gateway-calls.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

const PAGE = '<!doctype html><title>OmniRoute</title>';
const SCRIPT = 'export const answer = 42;';
const accept = 'text/html,*/*;q=0.8';
const folder = mkdtempSync(join(tmpdir(), 'omniroute-dashboard-'));
let server: ManagementServer;
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'main-abc123.js.gz'), gzipSync(SCRIPT));
  server = await startManagement({ dashboardFolder: folder });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
const get = (path: string, headers: Record<string, string> = {}) =>
  rawCall(server.url, { path, headers: { accept, ...headers } });

describe("the dashboard's files", () => {
  it.each(['/', '/setup', '/login', '/providers', '/providers/any-id'])(
    '%s is the page, without a session, under a strict policy',
    async (path) => {
      const { status, headers, text } = await get(path);
      expect([status, headers['content-type'], text]).toEqual([200, 'text/html; charset=utf-8', PAGE]);
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'cache-control': 'no-cache',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      });
    },
  );

  it('assets are kept for good, and packed where the browser takes it', async () => {
    const plain = await get('/assets/main-abc123.js');
    expect([plain.text, plain.headers['content-encoding']]).toEqual([SCRIPT, undefined]);
    expect(plain.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    const packed = await fetch(`${server.url}/assets/main-abc123.js`, { headers: { 'accept-encoding': 'br, gzip' } });
    expect([packed.headers.get('content-encoding'), await packed.text()]).toEqual(['gzip', SCRIPT]);
  });

  it.each(['/assets/missing.js', '/assets/../index.htm', '/assets/..%2f..%2fetc%2fpasswd', '/v1/nothing', '/index.js'])(
    '%s is not there',
    async (path) => expect((await get(path)).status).toBe(599),
  );

  it('a tool that does not ask for HTML is not answered with the page', async () => {
    expect((await rawCall(server.url, { path: '/nothing', headers: { accept: '*/*' } })).status).toBe(599);
  });

  it('HEAD has no body, other methods are 405', async () => {
    const head = await rawCall(server.url, { method: 'HEAD', path: '/login' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(PAGE.length)]);
    const post = await server.call('POST', '/setup', {});
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
