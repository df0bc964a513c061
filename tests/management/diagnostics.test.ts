/** `/api/diagnostics`: what is in it helps, and nothing that was planted as a secret anywhere comes out. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asArray, asObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

/** Without the look of a key, so that only knowing it helps. */
const ACCOUNT_KEY = 'plainlookingaccountkey77';
const PLANTED = {
  account: ACCOUNT_KEY,
  upstreamsWords: 'sk-somebodyelseskey1234567890abcdef',
  mail: 'anna.person@example.com',
  prompt: 'our secret house rules',
  proxyPassword: 'proxypassword99',
  proxyHost: 'proxy.internal.example',
  blockedAddress: '203.0.113.77',
  allowedHost: 'box.internal.example',
  chain: 'chain-named-by-hand',
  password: 'correct horse battery',
  masterKey: 'ab'.repeat(32),
};
let core: TestCore;
let upstream: Upstream;
let clientKey = '';

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => {
    const message = `No ${ACCOUNT_KEY} nor ${PLANTED.upstreamsWords} for ${PLANTED.mail}: model is down`;
    sendJson(response, { error: { message } }, 500);
  });
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1`, apiKey: ACCOUNT_KEY });
  clientKey = String((await core.manage('POST', '/api/keys', { name: PLANTED.mail }))['key']);
  await core.manage('PATCH', '/api/settings', {
    systemPrompt: { enabled: false, prompt: PLANTED.prompt },
    allowedHosts: [PLANTED.allowedHost],
    fallbackChains: { [PLANTED.chain]: ['up/m'] },
    ipFilter: { enabled: true, mode: 'blacklist', blacklist: [PLANTED.blockedAddress], whitelist: [] },
  });
  const { status } = await core.post('/v1/chat/completions', {
    model: 'up/m',
    messages: [{ role: 'user', content: PLANTED.prompt }],
  });
  expect(status).toBe(502);
  const proxy = { type: 'http', host: PLANTED.proxyHost, port: 8080, username: 'u', password: PLANTED.proxyPassword };
  await core.manage('PUT', '/api/settings/proxy', { level: 'global', proxy });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

it('tells versions, settings by their outline, counts and the last errors', async () => {
  const report = await core.manage('GET', '/api/diagnostics');
  expect(report).toMatchObject({
    system: { version: '0.0.0-test', nodeVersion: process.version },
    vault: 'open',
    settings: {
      retentionDays: 90,
      fallbackStrategy: 'fill-first',
      fallbackChains: '1 entries',
      allowedHosts: '1 entries',
      systemPrompt: { enabled: false, prompt: `${PLANTED.prompt.length} characters` },
      ipFilter: { enabled: true, mode: 'blacklist', blacklist: '1 entries' },
    },
    counts: { accounts: 1, activeAccounts: 1, customEndpoints: 1, apiKeys: 1, requests: 1, failures: 1 },
  });
  const [failure, ...others] = asArray(report['errors']).map(asObject);
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ model: 'm', status: 502, outcome: 'error' });
  expect(failure?.['message']).toContain('model is down');
});

it('holds no secret and no name that was planted', async () => {
  const text = JSON.stringify(await core.manage('GET', '/api/diagnostics'));
  const found = Object.entries({ ...PLANTED, clientKey }).filter(([, secret]) => text.includes(secret));
  expect(clientKey).toMatch(/^sk-/);
  expect(found).toEqual([]);
});

it('is not for those who are not signed in', async () => {
  expect((await fetch(`${core.url}/api/diagnostics`)).status).toBe(401);
});
