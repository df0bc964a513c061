/**
 * Tokens of accounts that were signed in to, and what they were got with, stand nowhere in the open: not in any answer of
 * management or of the gateway, not in events, exports or metrics, not in what was printed with the most talkative log,
 * not in any file of the data directory right after a kill -9; though each vendor, its upstream, its quota and a network
 * proxy repeat them in their errors, whole, in URLs, in base64 and cut short.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { type Answered, type Asked, openInBrowser, unsignedToken } from '../support/auth-servers/auth-server.ts';
import {
  CLIENT_SECRETS,
  closeVendors,
  hostsOf,
  startVendors,
  type VendorName,
  type Vendors,
  vendorNames,
} from '../support/auth-servers/vendors.ts';
import { type RawAnswer, type RawCall, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { everyRead } from '../support/management-sweep.ts';
import { gatewayFiles, MARK, markedSecret } from '../support/marked-secrets.ts';
import { findSecrets, type Places } from '../support/planted-secrets.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ada = { email: 'ada@example.com', id: 'Qw8zR2mT5xV1bN7cL4kJ9hG3', name: 'Ada' };
const PROXY_PASSWORD = markedSecret('proxy+/=');
/** What a vendor is sent that nobody else may see; by the names of both spellings. */
const SECRET_FIELDS = /^(?:access|refresh|id)_?token$|^(?:client_?secret|device_?code|code_?verifier|code)$/i;
const HOUR_S = 3_600;

const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
/** Everything that came out, by a name. */
const seen = new Map<string, string>();
let vendors: Vendors;
let inference: Upstream;
let proxy: Server;
let gateway: GatewayProcess;
let cookie: string;
let key: string;
let events: AbortController;
/** Every token is refused from now on. */
let isRefusing = false;

/** How a vendor repeats what it was sent. */
const ECHOES: Readonly<Record<string, (text: string) => Answered>> = {
  'error code': (text) => ({ status: 400, body: { error: text } }),
  'error object': (text) => ({ status: 400, body: { error: { code: 'bad', message: text, type: text } } }),
  'description, cut short': (text) => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: `${'x'.repeat(190)} ${text}` },
  }),
  'page with an error': (text) => ({ status: 502, body: `<html>${text}</html>` }),
  'page instead of tokens': (text) => ({ status: 200, body: text }),
};
/** All of a call that a careless server would log. */
function wordsOf({ text, fields, headers, query }: Asked): string {
  return [headers.authorization, ...Object.values(fields), text, encodeURIComponent(text), query.toString()].join(' ');
}

beforeAll(async () => {
  let turn = 0;
  inference = await startUpstream(({ headers }, response) => {
    const token = headers.authorization ?? '';
    turn += 1;
    if (isRefusing || turn % 4 === 0)
      return sendJson(response, { error: { message: `bad ${token}`, code: token } }, 401);
    if (turn % 4 === 1) return sendJson(response, { __type: 'X', message: `bad ${token}`, reason: token }, 400);
    if (turn % 4 === 2) return sendJson(response, { error: { message: `GET /?t=${encodeURIComponent(token)}` } }, 500);
    return response.writeHead(502, { 'content-type': 'text/html' }).end(`${'x'.repeat(180)} ${token}`);
  });
  vendors = await startVendors(ada, inference.url);
  for (const path of ['/v1internal:generateContent', '/v1internal:streamGenerateContent'])
    vendors['gemini-cli'].server.answerInstead(path, (asked) => ({
      status: 401,
      body: { error: { message: wordsOf(asked) } },
    }));
  proxy = await startEchoingProxy();
  writeFileSync(join(dataDir, 'providers.json'), JSON.stringify(hostsOf(vendors)));
  gateway = await startGateway({
    dataDir,
    env: { LOG_LEVEL: 'debug', ENABLE_REQUEST_LOGS: 'true', ...CLIENT_SECRETS },
  });
  const body = { password: PASSWORD };
  const { headers } = await rawCall(gateway.baseUrl, { method: 'POST', path: '/api/auth/login', body });
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const made = { method: 'POST', path: '/api/keys', body: { name: 'shown once' }, headers: { cookie } };
  key = asString((await rawCall(gateway.baseUrl, made)).body['key']) ?? '';
  await manage({ method: 'PATCH', path: '/api/settings', body: { enableMetrics: true } });
  events = await keepEvents();
}, 90_000);
afterAll(async () => {
  events.abort();
  await gateway.stop('SIGKILL');
  proxy.close();
  await Promise.all([closeVendors(vendors), inference.close()]);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Refuses everybody, and says with what they came. */
async function startEchoingProxy(): Promise<Server> {
  const server = createServer().on('connect', ({ headers }, socket: Socket) => {
    const words = `${headers['proxy-authorization']} ${PROXY_PASSWORD}`;
    socket.on('error', () => socket.destroy());
    socket.end(`HTTP/1.1 407 No ${words}\r\nx-echo: ${words}\r\ncontent-length: ${words.length}\r\n\r\n${words}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** What comes from `/api/live` until it is aborted is kept. */
async function keepEvents(): Promise<AbortController> {
  const controller = new AbortController();
  const response = await fetch(`${gateway.baseUrl}/api/live`, { headers: { cookie }, signal: controller.signal });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      seen.set('events', (seen.get('events') ?? '') + decoder.decode(chunk, { stream: true }));
  };
  read().catch(() => undefined);
  return controller;
}

async function keep(name: string, call: RawCall): Promise<RawAnswer> {
  const answer = await rawCall(gateway.baseUrl, { method: call.body === undefined ? 'GET' : 'POST', ...call });
  seen.set(`${seen.size} ${name} ${answer.status}`, JSON.stringify(answer.headers) + answer.text);
  return answer;
}

/** Makes a management call, keeps what came back, and returns its body. */
async function manage(call: RawCall): Promise<JsonObject> {
  return (await keep(call.path, { ...call, headers: { ...call.headers, cookie } })).body;
}

/** As a person does it; the last view, or that of a sign-in that goes on asking. */
async function signIn(name: VendorName): Promise<JsonObject> {
  const started = await manage({ path: '/api/oauth/start', body: { provider: name } });
  const session = `/api/oauth/sessions/${asString(started['sessionId'])}`;
  const { desk } = vendors[name];
  if (desk !== undefined) desk.enter(ada);
  else await manage({ path: `${session}/complete`, body: { pasted: await openInBrowser(String(started['authUrl'])) } });
  for (const untilMs = Date.now() + 20_000; Date.now() < untilMs; await delay(50)) {
    const view = await manage({ path: session });
    if (!['waiting', 'exchanging', 'setting-up'].includes(String(view['state']))) return view;
    if (String(view['message']).includes('asked again')) return await manage({ path: `${session}/cancel`, body: {} });
  }
  throw new Error(`The sign-in at ${name} did not end.`);
}

/** All that was given out and sent so far. */
function secrets(): Record<string, string> {
  const servers = Object.values(vendors).map(({ server }) => server);
  const sent = servers.flatMap(({ asked }) =>
    asked
      .flatMap(({ fields, query }) => [...Object.entries(fields), ...query])
      .filter(([name, value]) => SECRET_FIELDS.test(name) && value !== 'true')
      .map(([, value]) => value),
  );
  const given = servers.flatMap(({ families }) => families.given);
  const session = cookie.split('.').at(-1) ?? '';
  const all = new Set([
    MARK,
    ...sent,
    ...given,
    ...Object.values(CLIENT_SECRETS),
    PROXY_PASSWORD,
    PASSWORD,
    key,
    session,
  ]);
  return Object.fromEntries([...all].map((value, index) => [`secret ${index} (${value.slice(0, 5)}…)`, value]));
}
const found = (places: Places = seen): string[] => findSecrets(secrets(), places);

const each = (work: (name: VendorName) => Promise<unknown>): Promise<unknown> =>
  Promise.all(vendorNames(vendors).map(work));

async function connections(): Promise<JsonObject[]> {
  return objectsOf((await manage({ path: '/api/providers' }))['connections']);
}

/** What `codex login` leaves behind. */
function signInWithCodex(): string {
  const { refreshToken } = vendors.codex.server.families.grant(ada);
  const claims = { exp: Math.floor(Date.now() / 1_000) + HOUR_S, jti: refreshToken };
  const tokens = { id_token: unsignedToken(claims), access_token: unsignedToken(claims), refresh_token: refreshToken };
  mkdirSync(join(dataDir, '.codex'), { recursive: true });
  writeFileSync(join(dataDir, '.codex', 'auth.json'), JSON.stringify({ tokens }));
  return tokens.access_token;
}

describe('nothing secret of a login comes out', { timeout: 120_000 }, () => {
  it('of sign-ins that succeed and that fail, whatever the vendor repeats', async () => {
    await each(async (name) => expect(await signIn(name), name).toMatchObject({ state: 'done' }));
    await each(async (name) => {
      const { server, tokenPath } = vendors[name];
      for (const answer of Object.values(ECHOES)) {
        server.answerInstead(tokenPath, (asked) => answer(wordsOf(asked)));
        expect(await signIn(name), name).not.toMatchObject({ state: 'done' });
      }
      server.answerInstead(tokenPath, undefined);
    });
    expect(Object.keys(secrets()).length).toBeGreaterThan(60);
    expect(found()).toEqual([]);
  });

  it('of an import that its vendor refuses with the token', async () => {
    const token = signInWithCodex();
    vendors.codex.server.answerInstead('/backend-api/wham/usage', (asked) => ({
      status: 401,
      body: { detail: wordsOf(asked) },
    }));
    const { logins } = await manage({ path: '/api/oauth/imports' });
    const ids = objectsOf(logins).map(({ id }) => id ?? '');
    expect(ids).toHaveLength(1);
    for (const follow of [true, false])
      await manage({ path: '/api/oauth/imports', body: { id: ids[0] ?? '', follow } });
    expect([...found(), ...findSecrets({ 'the token of the file': token }, seen)]).toEqual([]);
  });

  it('of calls in every protocol, and of quotas', async () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const headers = { authorization: `Bearer ${key}` };
    const statuses = new Set<number>();
    for (let turn = 0; turn < 4; turn += 1) {
      for (const { model } of Object.values(vendors)) {
        const body = { model, max_tokens: 9, messages, stream: turn % 2 === 0 };
        for (const path of ['/v1/chat/completions', '/v1/messages'])
          statuses.add((await keep(`${model} ${path}`, { path, body, headers })).status);
        await manage({ path: '/api/resilience/reset', body: {} });
      }
    }
    expect(statuses.size).toBeGreaterThan(1);
    for (const { server, quotaPath } of Object.values(vendors)) {
      if (quotaPath === undefined) continue;
      server.answerInstead(quotaPath, (asked) => ({ status: 400, body: { error: { message: wordsOf(asked) } } }));
    }
    for (const { id } of await connections()) await manage({ path: `/api/quotas/${String(id)}/read`, body: {} });
    expect(found()).toEqual([]);
  });

  it('of refreshes that end the login', async () => {
    for (const { server, tokenPath, renewPath = tokenPath } of Object.values(vendors))
      server.answerInstead(renewPath, (asked) => ({
        status: 401,
        body: { error: 'invalid_grant', error_description: `Refresh token ${wordsOf(asked)} is revoked` },
      }));
    isRefusing = true;
    await delay(2_100);
    for (const { model } of Object.values(vendors)) {
      const body = { model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
      await keep(`${model} with a login that is over`, { path: '/v1/messages', body });
    }
    const over = (await connections()).filter(({ testStatus }) => testStatus === 'expired');
    expect(over.map(({ provider }) => provider).sort()).toEqual(vendorNames(vendors));
    expect(found()).toEqual([]);
  });

  it('of a network proxy that refuses', async () => {
    const { port } = proxy.address() as AddressInfo;
    const setting = { type: 'http', host: '127.0.0.1', port, username: 'me', password: PROXY_PASSWORD };
    await manage({
      method: 'PUT',
      path: '/api/settings/proxy',
      body: { providers: { qwen: setting, claude: setting } },
    });
    const { model } = vendors.qwen;
    await keep('through the proxy', { path: '/v1/chat/completions', body: { model, messages: [] } });
    expect(await signIn('claude')).toMatchObject({ state: 'failed', message: expect.stringContaining('proxy') });
    await manage({ path: '/api/settings/proxy/test', body: { proxy: setting } });
    expect(found()).toEqual([]);
  });

  it('of any list, export, event or page, of what was printed, and of any file after a kill -9', async () => {
    const [openApi, accounts, { keys }, { logs }] = await Promise.all([
      manage({ path: '/api/openapi.json' }),
      connections(),
      manage({ path: '/api/keys' }),
      manage({ path: '/api/usage/call-logs?limit=100' }),
    ]);
    const idsOf = (rows: readonly JsonObject[]): string[] => rows.flatMap(({ id }) => asString(id) ?? []);
    const ids = {
      ...{ providers: idsOf(accounts), usage: idsOf(accounts), keys: idsOf(objectsOf(keys)) },
      'call-logs': idsOf(objectsOf(logs)),
    };
    const reads = everyRead(openApi, ids);
    expect(reads.length).toBeGreaterThan(60);
    for (const path of [...reads, '/metrics', '/', '/api/usage/export?format=json', '/v1/models', '/health'])
      await manage({ path });
    expect(asObject(openApi['paths'])).toHaveProperty('/diagnostics');
    expect(seen.get('events')).toContain('login-changed');
    await gateway.stop('SIGKILL');
    seen.set('stdout', gateway.stdout()).set('stderr', gateway.stderr());
    expect(gateway.stderr()).toContain('An account must be signed in to again.');
    expect(found()).toEqual([]);
    expect(found(gatewayFiles(dataDir))).toEqual([]);
  });
});
