/**
 * Refreshes in the desktop app, which has no Node of its own to make them outlive it: the app's own end loses no account,
 * also when it comes while the vendor answers, whose refresh tokens work once.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asString } from '../../core/base/json.ts';
import { openInBrowser } from '../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../support/auth-servers/claude.ts';
import { login } from '../support/gateway-process.ts';
import { messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { type Desktop, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const RUNS_ON = electronProgram() === undefined ? 'the stand-in for Electron' : 'Electron';
const ada = { email: 'ada@example.com', id: 'ada' };
const ASK = { model: 'cc/claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

describe.skipIf(RUNS_ON !== 'Electron' && CHROMIUM === undefined)(
  `a refresh on ${RUNS_ON}`,
  { timeout: 120_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
    let vendor: ClaudeAuthServer;
    let inference: Upstream;
    let app: Desktop;
    const start = async (): Promise<void> => {
      app = await startDesktop({ folder, args: ['--hidden'] });
      await vi.waitFor(async () => expect(await app.ask.tray()).toBeDefined(), { timeout: 30_000, interval: 100 });
    };
    const ask = async (): Promise<number> => {
      const response = await fetch(`http://127.0.0.1:${app.port}/v1/messages`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ASK) },
      });
      await response.text();
      return response.status;
    };
    beforeAll(async () => {
      vendor = await startClaudeAuth(ada);
      inference = await startUpstream((_received, response) =>
        sendJson(response, messagesAnswer([{ type: 'text', text: 'hi' }])),
      );
      const { url } = vendor;
      const hosts = { api: inference.url, account: url, authorize: url, token: url };
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'data', 'providers.json'), JSON.stringify({ claude: { hosts } }));
      await start();
    }, 90_000);
    afterAll(async () => {
      await app?.dispose();
      await Promise.all([vendor.close(), inference.close()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    it('is kept when the app is quit before its answer has come', async () => {
      const api = await login(`http://127.0.0.1:${app.port}`);
      vendor.next.expiresInS = 2;
      const started = await api.post('/api/oauth/start', { provider: 'claude', method: 'paste' });
      const pasted = await openInBrowser(asString(started['authUrl']) ?? '');
      await api.post(`/api/oauth/sessions/${asString(started['sessionId'])}/complete`, { pasted });
      // A slow machine may have refreshed the token already; the next time is held.
      const answerLater = vendor.holdAnswers('/v1/oauth/token');
      const before = vendor.families.refreshes;
      await delay(2_100);
      vendor.next.expiresInS = 1;
      const asked = ask().catch(() => 0);
      await vi.waitFor(() => expect(answerLater.waiting()).toBe(1), { timeout: 20_000 });
      await app.ask.quit();
      await delay(500);
      answerLater.release();
      expect(await app.ended).toBe(0);
      await asked;
      expect(vendor.families.refreshes).toBe(before + 1);

      vendor.next.expiresInS = 3_600;
      await start();
      expect(await ask()).toBe(200);
      expect([vendor.families.refreshes, vendor.families.reuses, vendor.faults]).toEqual([before + 2, 0, []]);
    });
  },
);
