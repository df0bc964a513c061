/**
 * Processes that share a data directory, and processes that are killed: the vendor's refresh tokens work once, and a used
 * one that comes back ends the login.
 *
 * What a kill can swallow is an answer on its way. The judge here is a vendor that gives the same answer again to a
 * refresh token whose successor was never used (as RFC 9700, 4.14.2 leaves room for), and ends the login in every other
 * case of reuse: a rotation that was on the disk, or a token that was handed out, must never be forgotten.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** `OMNIROUTE_TEST_ROTATIONS=1000` for the long run. */
const ROTATIONS = Number(process.env['OMNIROUTE_TEST_ROTATIONS'] ?? 100);
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
    await new Promise((resolve) => setTimeout(resolve, 4_100));
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

it(`${ROTATIONS} rotations with kill -9 at random moments lose no account`, async () => {
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
  vendor.families.repeatsUnused = true;
  Object.assign(vendor.families, { refreshes: 0, reuses: 0 });
  let kills = 0;
  for (
    const untilMs = Date.now() + 240_000;
    vendor.families.refreshes < ROTATIONS && Date.now() < untilMs;
    kills += 1
  ) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'rotate-until-killed.ts'), path, 'c1', vendor.url],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await killedWhileWorking(child);
  }
  expect(vendor.families.refreshes).toBeGreaterThanOrEqual(ROTATIONS);
  expect(kills).toBeGreaterThan(3);
  expect(vendor.families.reuses).toBe(0);
  expect(store.connections.get('c1')).toMatchObject({ isActive: true });
  const last = tokens.read('c1')?.tokens.refreshToken?.reveal() ?? '';
  expect(vendor.families.rotate(last)).toBeDefined();
}, 300_000);

/** Lets it work for a random while, once it works. */
async function killedWhileWorking(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), gone]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
  child.kill('SIGKILL');
  await gone;
}
