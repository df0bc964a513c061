/** The command a person runs: it says one line, it answers, it ends cleanly, and it explains itself when it cannot start. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayProcess, spawnServe, startGateway } from '../support/gateway-process.ts';

describe('npm run serve', () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(async () => {
    await gateway.stop();
  });

  it('says exactly one line on stdout, with the port it got', () => {
    expect(gateway.stdout()).toMatch(/^OmniRoute listening on http:\/\/127\.0\.0\.1:[1-9]\d*\n$/);
  });

  it('names the product at /health and gives no secret away', async () => {
    const answer = await fetch(`${gateway.baseUrl}/health`);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain('OmniRoute');
    expect(text).not.toContain(gateway.dataDir);
  });

  it('lets its owner in with the password', async () => {
    const management = await gateway.login();
    expect(await management.get('/api/providers')).toEqual({ connections: [] });
  });

  it('says in one sentence that the port is taken, and ends with an error', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    const { port } = new URL(gateway.baseUrl);
    const second = spawnServe(dataDir, { args: ['--port', port] });
    const [code] = await once(second.child, 'close');
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).not.toBe(0);
    expect(second.stdout()).toBe('');
    expect(second.stderr()).toContain(port);
    expect(second.stderr()).toMatch(/in use|taken|another program/i);
    expect(second.stderr()).not.toMatch(/^\s+at /m);
  });

  it('exits 0 on SIGTERM and serves the same data at the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    try {
      const first = await startGateway({ dataDir });
      const made = await (await first.login()).post('/api/keys', { name: 'laptop' });
      expect(await first.stop('SIGTERM')).toBe(0);
      const again = await startGateway({ dataDir });
      const { keys } = await (await again.login()).get('/api/keys');
      expect(keys).toMatchObject([{ id: made['id'], name: 'laptop' }]);
      expect(await again.stop('SIGINT')).toBe(0);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it.skipIf(process.platform === 'win32')('drains and exits 0 when npm itself gets the SIGTERM', async () => {
    const viaNpm = await startGateway({ viaNpm: true });
    expect(await viaNpm.stop('SIGTERM')).toBe(0);
    await expect(fetch(viaNpm.baseUrl)).rejects.toThrow();
  });

  it.each(['0.0.0.0', '::'])('--host %s: the URL it prints answers, and asks for a key', async (host) => {
    const open = await startGateway({ args: ['--port', '0', '--host', host] });
    try {
      expect((await fetch(`${open.baseUrl}/health`)).status).toBe(200);
      expect((await fetch(`${open.baseUrl}/v1/models`)).status).toBe(401);
    } finally {
      await open.stop();
    }
  });
});
