/**
 * Tokens of accounts that were signed in to, and what they were got with, stand nowhere in the open: not in any answer of
 * management or of the gateway, not in what was printed with the most talkative log, not in any file of the data directory
 * right after a kill -9; though the vendor and the upstream repeat them in their errors, whole, in URLs and cut short.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { openInBrowser, type SimulatedAccount } from '../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../support/auth-servers/claude.ts';
import { IFLOW_SECRET, type IflowAuthServer, startIflowAuth } from '../support/auth-servers/iflow.ts';
import { type RawCall, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { filesIn, findSecrets } from '../support/planted-secrets.ts';
import { messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'Qw8zR2mT5xV1bN7cL4kJ9hG3' };
const TOKEN = '/v1/oauth/token';
const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
/** Everything that came out, by a name. */
const seen = new Map<string, string>();
/** Codes and states that were used. */
const used: string[] = [];

let claude: ClaudeAuthServer;
let iflow: IflowAuthServer;
let inference: Upstream;
let gateway: GatewayProcess;
let cookie: string;

beforeAll(async () => {
  [claude, iflow] = await Promise.all([startClaudeAuth(ada), startIflowAuth(ada)]);
  let turn = 0;
  inference = await startUpstream(({ headers }, response) => {
    const token = headers.authorization ?? '';
    turn += 1;
    if (turn % 4 === 0) return sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }]));
    if (turn % 4 === 1)
      return sendJson(response, { error: { type: 'authentication_error', message: `bad ${token}` } }, 401);
    if (turn % 4 === 2) return sendJson(response, { error: { message: `GET /?t=${encodeURIComponent(token)}` } }, 500);
    return response.writeHead(502, { 'content-type': 'text/html' }).end(`${'x'.repeat(180)} ${token}`);
  });
  const hosts = ({ url }: { url: string }) => ({
    hosts: { api: inference.url, account: url, authorize: url, token: url, device: url },
  });
  writeFileSync(join(dataDir, 'providers.json'), JSON.stringify({ claude: hosts(claude), iflow: hosts(iflow) }));
  gateway = await startGateway({ dataDir, env: { LOG_LEVEL: 'debug', IFLOW_OAUTH_CLIENT_SECRET: IFLOW_SECRET } });
  const { headers } = await rawCall(gateway.baseUrl, {
    method: 'POST',
    path: '/api/auth/login',
    body: { password: PASSWORD },
  });
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});
afterAll(async () => {
  await gateway.stop('SIGKILL');
  await Promise.all([claude, iflow, inference].map((server) => server.close()));
  rmSync(dataDir, { recursive: true, force: true });
});

/** Makes a management call, keeps what came back, and returns its body. */
async function manage(call: RawCall): Promise<JsonObject> {
  const answer = await rawCall(gateway.baseUrl, {
    ...{ method: call.body === undefined ? 'GET' : 'POST', ...call },
    headers: { ...call.headers, cookie },
  });
  seen.set(`${seen.size} ${call.path} ${answer.status}`, JSON.stringify(answer.headers) + answer.text);
  return answer.body;
}

async function signIn(provider: string): Promise<string> {
  const started = await manage({ path: '/api/oauth/start', body: { provider } });
  const back = await openInBrowser(asString(started['authUrl']) ?? '');
  used.push(new URL(back).searchParams.get('code') ?? '');
  const page = await fetch(back);
  seen.set(`${seen.size} the page of ${provider}`, JSON.stringify([...page.headers]) + (await page.text()));
  const view = await manage({ method: 'GET', path: `/api/oauth/sessions/${asString(started['sessionId'])}` });
  return asString(view['state']) ?? '';
}

function secrets(): Record<string, string> {
  const given = [...claude.families.given, ...iflow.families.given, ...used].filter((value) => value !== '');
  const named = given.map((value, index) => [`secret ${index} (${value.slice(0, 5)}…)`, value] as const);
  return { ...Object.fromEntries(named), 'the API key of iFlow': iflow.keyOf(ada), 'the client secret': IFLOW_SECRET };
}

describe('nothing secret of a login comes out', () => {
  it('of sign-ins that succeed and that fail, whatever the vendor repeats', async () => {
    expect(await signIn('claude')).toBe('done');
    expect(await signIn('iflow')).toBe('done');
    const echoes = ['error', 'description', 'html'] as const;
    for (const form of echoes) {
      claude.answerInstead(TOKEN, ({ text, fields }) => {
        if (form === 'html') return { status: 502, body: `<html>${text}</html>` };
        const words = `${fields['code']} ${encodeURIComponent(text)} ${fields['code_verifier']}`;
        return form === 'error'
          ? { status: 400, body: { error: words } }
          : { status: 400, body: { error: 'invalid_grant', error_description: `${'x'.repeat(190)} ${words}` } };
      });
      expect(await signIn('claude')).toBe('failed');
    }
    claude.answerInstead(TOKEN, undefined);
    expect(findSecrets(secrets(), seen)).toEqual([]);
  });

  it('of calls, refreshes and refusals', async () => {
    const body = { model: 'cc/claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const statuses = new Set<number>();
    const ask = async (name: string): Promise<void> => {
      const answer = await rawCall(gateway.baseUrl, { method: 'POST', path: '/v1/messages', body });
      statuses.add(answer.status);
      seen.set(`${seen.size} ${name}`, JSON.stringify(answer.headers) + answer.text);
      await manage({ path: '/api/resilience/reset', body: {} });
    };
    for (let turn = 0; turn < 8; turn += 1) await ask('call');
    claude.answerInstead(TOKEN, ({ fields }) => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: `Refresh token ${fields['refresh_token']} is revoked` },
    }));
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    for (let turn = 0; turn < 4; turn += 1) await ask('call with a login that is over');
    expect(statuses.size).toBeGreaterThan(1);
    const { connections } = await manage({ method: 'GET', path: '/api/providers' });
    expect(objectsOf(connections).find(({ provider }) => provider === 'claude')).toMatchObject({
      testStatus: 'expired',
    });
    expect(findSecrets(secrets(), seen)).toEqual([]);
  });

  it('of any list of management, of what was printed, and of any file after a kill -9', async () => {
    const lists = [
      'oauth/providers',
      'providers',
      'settings',
      'usage/history',
      'usage/logs',
      'resilience',
      'openapi.json',
    ];
    for (const name of lists) await manage({ method: 'GET', path: `/api/${name}` });
    await gateway.stop('SIGKILL');
    seen.set('stdout', gateway.stdout()).set('stderr', gateway.stderr());
    expect(gateway.stderr()).not.toBe('');
    expect(findSecrets(secrets(), seen)).toEqual([]);
    expect(findSecrets(secrets(), filesIn(dataDir))).toEqual([]);
  });
});
