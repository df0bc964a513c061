import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE } from '../../core/management/pages/document.ts';
import { SCRIPT } from '../../core/management/pages/script.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

describe('the plain pages', () => {
  it.each(['/setup', '/login', '/console', '/console/'])(
    '%s is served without a session, under a strict policy',
    async (path) => {
      const { status, headers, text } = await server.call('GET', path);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(text).toContain('<title>OmniRoute</title>');
    },
  );

  it('script and style come from their own paths; nothing is inline', async () => {
    expect((await server.call('GET', '/console/script.js')).headers.get('content-type')).toBe(
      'text/javascript; charset=utf-8',
    );
    expect((await server.call('GET', '/console/style.css')).headers.get('content-type')).toBe(
      'text/css; charset=utf-8',
    );
    expect(PAGE).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
  });

  it('other methods are 405', async () => {
    const answer = await server.call('POST', '/setup', {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('every input has a label, and every form says what went wrong', () => {
    const ids = [...PAGE.matchAll(/<(?:input|select)[^>]* id="([^"]+)"|<(?:input|select) id="([^"]+)"/g)].map(
      (match) => match[1] ?? match[2],
    );
    expect(ids.length).toBeGreaterThanOrEqual(12);
    for (const id of ids) expect(PAGE).toContain(`for="${id}"`);
    expect(PAGE.match(/<form /g)?.length).toBe(PAGE.match(/role="alert"/g)?.length);
  });

  it('every id the script asks for is in the page', () => {
    const asked = [...SCRIPT.matchAll(/\$\('([^']+)'\)/g)].map((match) => match[1]);
    expect(asked.length).toBeGreaterThan(10);
    for (const id of asked) expect(PAGE).toContain(`id="${id}"`);
  });

  it('answers are put in as text, never as markup', () => {
    expect(SCRIPT).not.toMatch(/\.innerHTML\s*=|insertAdjacentHTML|document\.write|eval\(/);
  });
});
