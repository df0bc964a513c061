/**
 * Processes that share a data directory, and processes that are killed: the vendor's refresh tokens work once, and a used
 * one that comes back ends the login.
 *
 * A kill may come between the vendor's answer and its place on the disk; even then no login ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTokenStore } from '../../../core/accounts/tokens/token-store.ts';
import { systemClock } from '../../../core/base/clock.ts';
import { asString } from '../../../core/base/json.ts';
import { Secret } from '../../../core/base/secret.ts';
import { sealingVault } from '../../../core/vault/sealing.ts';
import { connection } from '../../store/records.ts';
import { temporaryStore } from '../../store/temporary-store.ts';
import { openInBrowser, type SimulatedAccount } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts';
import { messagesAnswer, sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';

/** `OMNIROUTE_TEST_ROTATIONS=1000` for the long run, of some minutes. */
const ROTATIONS = Number(process.env['OMNIROUTE_TEST_ROTATIONS'] ?? 100);
const LIMIT_MS = Math.max(400_000, ROTATIONS * 1_500);
const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada' };

let vendor: ClaudeAuthServer;
let inference: Upstream;
beforeAll(async () => {
  vendor = await startClaudeAuth(ada);
  inference = await startUpstream((received, response) => {
    const token = received.headers.authorization?.replace('Bearer ', '') ?? '';
    if (vendor.families.accountOf(token) === undefined)
      return sendJson(response, { error: { type: 'authentication_error', message: 'no' } }, 401);
    return sendJson(response, messagesAnswer([{ type: 'text', text: 'hi' }]));
  });
});
afterAll(async () => {
  await vendor.close();
  await inference.close();
});

async function signIn(gateway: GatewayProcess): Promise<void> {
  const management = await gateway.login();
  const started = await management.post('/api/oauth/start', { provider: 'claude', method: 'paste' });
  const pasted = await openInBrowser(asString(started['authUrl']) ?? '');
  await management.post(`/api/oauth/sessions/${asString(started['sessionId'])}/complete`, { pasted });
}

it('two processes at one data directory make one refresh of a token that is over', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
  const { url } = vendor;
  const hosts = { api: inference.url, account: url, authorize: url, token: url };
  writeFileSync(join(dataDir, 'providers.json'), JSON.stringify({ claude: { hosts } }));
  const first = await startGateway({ dataDir });
  const second = await startGateway({ dataDir });
  try {
    vendor.next.expiresInS = 4;
    await signIn(first);
    // The second one reads its accounts when it starts routing: the login is older than its first request.
    vendor.next.expiresInS = 3_600;
    await delay(4_100);
    vendor.families.forgetAccess();
    Object.assign(vendor.families, { refreshes: 0, reuses: 0 });
    const body = JSON.stringify({
      ...{ model: 'cc/claude-sonnet-4-5', max_tokens: 9 },
      messages: [{ role: 'user', content: 'hi' }],
    });
    const ask = async ({ baseUrl }: GatewayProcess): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${baseUrl}/v1/messages`, { method: 'POST', headers, body });
      await response.text();
      return response.status;
    };
    const statuses = await Promise.all(
      Array.from({ length: 100 }, (_, index) => ask(index % 2 === 0 ? first : second)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([vendor.families.refreshes, vendor.families.reuses]).toEqual([1, 0]);
  } finally {
    await Promise.all([first.stop(), second.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 120_000);

it(
  `${ROTATIONS} rotations with kill -9 at random moments lose no account`,
  async () => {
    const { store, path } = temporaryStore();
    const tokens = createTokenStore({
      ...{ store, nowMs: systemClock.nowMs },
      vault: sealingVault(Buffer.alloc(32, 7), 'a test'),
    });
    store.connections.insert({ ...connection, id: 'c1', provider: 'claude', authType: 'oauth', isActive: true });
    const granted = vendor.families.grant(ada);
    const [accessToken, refreshToken] = [new Secret(granted.accessToken), new Secret(granted.refreshToken)];
    tokens.write('c1', { accessToken, refreshToken, expiresAtMs: 1, data: {}, secrets: {} });
    // Every token is over as soon as it is there, so that each look for one is a rotation.
    vendor.next.expiresInS = 0.001;
    Object.assign(vendor.families, { refreshes: 0, reuses: 0 });
    const untilMs = Date.now() + LIMIT_MS;
    let kills = 0;
    for (; vendor.families.refreshes < ROTATIONS && Date.now() < untilMs; kills += 1) {
      await killedWhileWorking(startRotating(path));
    }
    console.log(
      `${vendor.families.refreshes} rotations, ${kills} kills, ${vendor.families.reuses} tokens that came twice`,
    );
    expect(vendor.families.reuses, `after ${vendor.families.refreshes} rotations and ${kills} kills`).toBe(0);
    expect(vendor.families.refreshes).toBeGreaterThanOrEqual(ROTATIONS);
    expect(kills).toBeGreaterThan(3);
    // After all of that it still works.
    const [before, last] = [vendor.families.refreshes, startRotating(path)];
    while (vendor.families.refreshes < before + 2 && Date.now() < untilMs) await delay(50);
    last.kill('SIGKILL');
    await once(last, 'exit');
    expect(vendor.families.refreshes).toBeGreaterThanOrEqual(before + 2);
    expect(vendor.families.reuses).toBe(0);
    expect(store.connections.get('c1')).toMatchObject({ isActive: true });
  },
  LIMIT_MS + 100_000,
);

function startRotating(path: string): ChildProcess {
  const script = join(import.meta.dirname, 'rotate-until-killed.ts');
  const child = spawn(process.execPath, [script, path, 'c1', vendor.url], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Lets it work for a random while, once it works. */
async function killedWhileWorking(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), gone]);
  await delay(Math.random() * 600);
  child.kill('SIGKILL');
  await gone;
}
