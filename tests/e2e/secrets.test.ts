/**
 * Unmistakable secrets go in wherever secrets go in, requests of every kind are made, most of them failing in ways that
 * repeat the key, and then everything that came out is searched: each answer's bytes and headers, what was printed with
 * the most talkative log, and each file of the data directory right after a kill -9.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import { addNode, type RawCall, rawCall, readUsage } from '../support/gateway-calls.ts';
import { type GatewayProcess, PASSWORD, startGateway } from '../support/gateway-process.ts';
import { MARK } from '../support/marked-secrets.ts';
import { filesIn, findSecrets } from '../support/planted-secrets.ts';
import {
  chatAnswer,
  chatChunk,
  messagesAnswer,
  namedEvent,
  type Script,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

/** Plus, slash and equals sign look different in a URL; 20 characters of each end are like no other. */
const PROVIDER_KEY = 'sk-planted+Provider/Key=Qw8zR2mT5xV1bN7cL4kJ9hG3';
const REPLACED_KEY = 'sk-replaced+Provider/Key=Zx3cV6bN9mA2sD5fG8hJ1kL4';
const VALIDATED_KEY = 'sk-validated+Provider/Key=Po9iU8yT7rE6wQ5aS4dF3gH2';
const STRANGE_KEY = 'sk-omr-StrangersKeyThatIsNotOneOfOursAtAll01234567';
const WRONG_PASSWORD = 'planted wrong password Lk8Jh7Gf6Ds5';
const MASTER_KEY = Buffer.from('planted master key of 32 bytes!!');
const JWT_SECRET = 'planted-jwt-secret-Mn7bV5cX3zL1kJ9h';
const API_KEY_SECRET = 'planted-api-key-secret-Ty6uI8oP0aS2dF4g';

type Answer = Script;
const keyOf = (received: Parameters<Script>[0]): string => {
  const { authorization, 'x-api-key': anthropic, 'x-goog-api-key': google } = received.headers;
  return [authorization?.replace('Bearer ', ''), anthropic, google].find((key) => typeof key === 'string') as string;
};
const isMessages = (path: string): boolean => path.includes('/messages');
const errorFrame = (path: string, message: string): string =>
  isMessages(path)
    ? namedEvent('error', { error: { type: 'overloaded_error', message } })
    : `data: ${JSON.stringify({ error: { message, type: 'server_error' } })}`;
const firstFrames = (path: string): string[] =>
  isMessages(path)
    ? [
        namedEvent('message_start', { message: messagesAnswer([]) }),
        namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
        namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'begun' } }),
      ]
    : [chatChunk({ content: 'begun' })];

/** How the upstream repeats the key it was given, by the model's name. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'fine-with-header': (received, response) =>
    sendJson(
      response,
      isMessages(received.path) ? messagesAnswer([{ type: 'text', text: 'ok' }]) : chatAnswer('ok'),
      200,
      { 'x-echo': keyOf(received), 'set-cookie': `k=${keyOf(received)}` },
    ),
  'refused-401': (received, response) =>
    sendJson(response, { error: { message: `Incorrect API key provided: ${keyOf(received)}.` } }, 401, {
      'www-authenticate': `Bearer error="${keyOf(received)}"`,
    }),
  'encoded-in-url': (received, response) =>
    sendJson(response, { error: { message: `GET /m?key=${encodeURIComponent(keyOf(received))} failed` } }, 500),
  'in-code-and-type': (received, response) =>
    sendJson(response, { error: { message: 'bad', type: keyOf(received), code: keyOf(received) } }, 403),
  'request-echo': (received, response) =>
    sendJson(response, { detail: [{ loc: ['header'], input: { headers: received.headers } }] }, 422),
  'html-page-cut-short': (received, response) =>
    response
      .writeHead(502, { 'content-type': 'text/html' })
      .end(`<html><body>${'x'.repeat(470)} ${keyOf(received)} rejected</body></html>`),
  'text-with-200-cut-short': (received, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`${'x'.repeat(180)} ${keyOf(received)}`),
  'error-with-200': (received, response) =>
    sendJson(response, { error: { message: `key ${keyOf(received)} is out of credits`, type: 'server_error' } }),
  redirect: (received, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:9/?key=${encodeURIComponent(keyOf(received))}` }).end(),
  'closed-connection': (_received, response) => response.destroy(),
  'error-in-stream': (received, response) =>
    sendSse(response, [...firstFrames(received.path), errorFrame(received.path, `key ${keyOf(received)} expired`)]),
  'error-as-first-frame': (received, response) =>
    sendSse(response, [errorFrame(received.path, `key ${keyOf(received)} expired`)]),
  'error-in-stream-in-pieces': (received, response) => {
    sendSse(response, firstFrames(received.path), false);
    const bytes = `${errorFrame(received.path, `key ${keyOf(received)} expired`)}\n\n`;
    const cut = bytes.indexOf(keyOf(received)) + 17;
    setTimeout(() => response.write(bytes.slice(0, cut)), 15);
    setTimeout(() => response.end(bytes.slice(cut)), 40);
  },
};

const hi = [{ role: 'user', content: 'hi' }];
const ROUTES: readonly ((model: string, stream: boolean) => RawCall)[] = [
  (model, stream) => ({ path: '/v1/chat/completions', body: { model, stream, messages: hi } }),
  (model, stream) => ({ path: '/v1/responses', body: { model, stream, input: 'hi' } }),
  (model, stream) => ({ path: '/v1/messages', body: { model, stream, max_tokens: 9, messages: hi } }),
  (model, stream) => ({ path: '/api/chat', body: { model, stream, messages: hi } }),
  (model) => ({ path: '/v1/messages/count_tokens', body: { model, messages: hi } }),
  (model) => ({ path: '/v1/embeddings', body: { model, input: 'hi' } }),
  (model, stream) => ({
    path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  }),
];

const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
const seen = new Map<string, string>();
const secrets: Record<string, string | Buffer> = {
  'the provider key': PROVIDER_KEY,
  'the replaced provider key': REPLACED_KEY,
  'the validated key': VALIDATED_KEY,
  'a key of a stranger': STRANGE_KEY,
  'the password': PASSWORD,
  'a wrong password': WRONG_PASSWORD,
  'the master key': MASTER_KEY,
  'the secret of cookies': JWT_SECRET,
  'the secret of API keys': API_KEY_SECRET,
};
let searched = 0;
let gateway: GatewayProcess;
let upstream: Upstream;

/** A call whose whole answer is kept to be searched. */
async function keep(name: string, call: RawCall): Promise<number> {
  const { status, headers, text } = await rawCall(gateway.baseUrl, { method: 'POST', ...call }).catch(
    (error: unknown) => ({ status: 0, headers: {}, text: String(error) }),
  );
  seen.set(`${seen.size} ${name}`, `${status} ${JSON.stringify(headers)}\n${text}`);
  return status;
}

/** Searches the answers that came since the last search. */
function found(): string[] {
  const fresh = new Map([...seen].slice(searched));
  searched = seen.size;
  return findSecrets(secrets, fresh);
}

beforeAll(async () => {
  upstream = await startUpstream((received, response, request) => {
    const model = Object.keys(ANSWERS).find((name) => `${received.path} ${received.raw}`.includes(name));
    ANSWERS[model ?? 'refused-401']?.(received, response, request);
  });
  gateway = await startGateway({
    dataDir,
    env: {
      LOG_LEVEL: 'debug',
      REQUIRE_API_KEY: 'true',
      OMNIROUTE_MASTER_KEY: MASTER_KEY.toString('base64'),
      JWT_SECRET,
      API_KEY_SECRET,
    },
  });
});
afterAll(async () => {
  await gateway.stop('SIGKILL');
  await upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the search itself', () => {
  const secret = { it: PROVIDER_KEY };
  it.each([
    ['as it is', `before ${PROVIDER_KEY} after`],
    ['URL-encoded', `?key=${encodeURIComponent(PROVIDER_KEY)}&`],
    ['hex', Buffer.from(PROVIDER_KEY).toString('hex')],
    ['base64', Buffer.from(`user:${PROVIDER_KEY}`).toString('base64')],
    ['base64url', Buffer.from(`{"k":"${PROVIDER_KEY}???>>>"}`).toString('base64url')],
    ['as it is', `cut ${PROVIDER_KEY.slice(0, 15)}…`],
    ['as it is', `***${PROVIDER_KEY.slice(-14)}`],
  ])('finds a secret %s', (form, text) => {
    const found = findSecrets(secret, new Map([['here', text]]));
    expect(found.some((line) => line.startsWith('it (') && (form.startsWith('base64') || line.includes(form)))).toBe(
      true,
    );
  });
  it('finds nothing in innocent text', () => {
    expect(findSecrets(secret, new Map([['here', 'sk-planted is only a prefix, and Provider/Key a word']]))).toEqual(
      [],
    );
  });
});

it('every gateway of the tests is searched, its answers, what it printed and its files', async () => {
  const leaky = await startGateway();
  const management = await leaky.login();
  const leak = { name: MARK, models: ['up/m'] };
  await expect(management.post('/api/combos', leak)).rejects.toThrow('in the answer to POST /api/combos');
  await expect(leaky.stop()).rejects.toThrow(/Secrets came out:[\s\S]*storage\.sqlite/);
});

describe('no secret comes out', () => {
  it('of requests, whichever way they fail', { timeout: 120_000 }, async () => {
    const management = await gateway.login();
    for (const [prefix, type, path] of [
      ['chat', 'openai-compatible', '/v1'],
      ['anth', 'anthropic-compatible', '/v1'],
      ['gem', 'gemini-compatible', '/v1beta'],
    ] as const) {
      await addNode(management, { prefix, type, baseUrl: upstream.url + path, apiKey: PROVIDER_KEY });
    }
    await addNode(management, {
      prefix: 'resp',
      apiType: 'responses',
      baseUrl: `${upstream.url}/v1`,
      apiKey: PROVIDER_KEY,
    });
    const made = await management.post('/api/keys', { name: 'planted' });
    const key = asString(made['key']) ?? '';
    secrets['the API key'] = key;
    const statuses = new Set<number>();
    for (const prefix of ['chat', 'anth', 'gem', 'resp']) {
      for (const answer of Object.keys(ANSWERS)) {
        await management.post('/api/resilience/reset', {});
        const calls = ROUTES.flatMap((route) => [true, false].map((stream) => route(`${prefix}/${answer}`, stream)));
        const answers = calls.map((call) =>
          keep(`${prefix}/${answer} ${call.path}`, { ...call, headers: { authorization: `Bearer ${key}` } }),
        );
        for (const status of await Promise.all(answers)) statuses.add(status);
      }
    }
    expect(statuses).toContain(200);
    expect(statuses).toContain(502);
    expect(readUsage(dataDir).rows.length).toBeGreaterThan(200);
    expect(found()).toEqual([]);
  });

  it('of refusals at the door', async () => {
    const [chat] = ROUTES;
    const call = chat?.('chat/fine-with-header', false) ?? { path: '/' };
    const refusals = [
      { ...call, headers: { authorization: `Bearer ${STRANGE_KEY}` } },
      { ...call, headers: { 'x-api-key': STRANGE_KEY } },
      { ...call, headers: { 'x-goog-api-key': STRANGE_KEY } },
      { ...call, path: `${call.path}?key=${encodeURIComponent(STRANGE_KEY)}` },
      { ...call, path: `/v1/nothing?key=${encodeURIComponent(STRANGE_KEY)}` },
      { ...call, path: `${call.path}?key=${STRANGE_KEY}`, method: 'GET' },
      { ...call, path: `${call.path}?key=${STRANGE_KEY}`, headers: { host: 'evil.example' } },
      { ...call, path: `${call.path}?key=${STRANGE_KEY}`, headers: { origin: 'https://evil.example' } },
      { method: 'GET', path: `/api/keys?key=${STRANGE_KEY}` },
      { method: 'GET', path: '/api/keys', headers: { cookie: `auth_token=${STRANGE_KEY}` } },
      { path: '/api/auth/login', body: { password: WRONG_PASSWORD } },
      { path: '/api/auth/login', body: { password: WRONG_PASSWORD, more: WRONG_PASSWORD } },
      { path: '/api/auth/setup', body: { token: STRANGE_KEY, password: WRONG_PASSWORD } },
      { path: '/v1/chat/completions', body: `{"model": "${STRANGE_KEY}`, headers: { 'x-api-key': STRANGE_KEY } },
    ];
    for (const refusal of refusals)
      expect(await keep(`refusal ${refusal.path.slice(0, 20)}`, refusal)).toBeGreaterThan(399);
    expect(found()).toEqual([]);
  });

  it('of any answer of management', async () => {
    const management = await gateway.login();
    const cookie = await sessionCookie();
    const { connections } = await management.get('/api/providers');
    const connection = asObject(Array.isArray(connections) ? connections[0] : undefined);
    const id = asString(connection?.['id']) ?? '';
    const node = asString(connection?.['provider']) ?? '';
    const calls: RawCall[] = [
      { method: 'PUT', path: `/api/providers/${id}`, body: { apiKey: REPLACED_KEY } },
      { path: `/api/providers/${id}/test` },
      { path: '/api/providers/test-batch', body: { mode: 'all' } },
      { path: '/api/providers/validate', body: { provider: node, apiKey: VALIDATED_KEY } },
      { path: '/api/providers', body: { provider: node, apiKey: [VALIDATED_KEY], name: 'wrong kind' } },
      { path: '/api/providers', body: { provider: node, apiKey: `${VALIDATED_KEY}\u0007`, name: 'wrong text' } },
      { path: '/api/providers', body: { provider: 'none', apiKey: VALIDATED_KEY, name: 'no such provider' } },
      { path: '/api/providers', body: { provider: node, apiKey: `é${VALIDATED_KEY}`, name: 'no header can hold it' } },
      { method: 'PATCH', path: '/api/settings', body: { currentPassword: WRONG_PASSWORD, newPassword: PASSWORD } },
      ...['providers', 'provider-nodes', 'provider-models', 'models/catalog', 'models/alias', 'combos', 'keys'].map(
        get,
      ),
      ...['usage/history', 'settings', 'openapi.json', 'auth/status', `providers/${id}`, `providers/${id}/models`].map(
        get,
      ),
    ];
    for (const call of calls) await keep(call.path, { ...call, headers: { cookie } });
    const viaStranger = ROUTES[0]?.('chat/fine-with-header', true) ?? { path: '/' };
    const key = String(secrets['the API key']);
    for (const prefix of ['chat', 'anth']) {
      const body = { ...asObject(viaStranger.body), model: `${prefix}/refused-401` };
      await keep('after the change', { ...viaStranger, body, headers: { 'x-goog-api-key': key } });
      await keep('key in the URL', { ...viaStranger, body, path: `${viaStranger.path}?key=${key}` });
    }
    await keep('models', { method: 'GET', path: `/v1/models?key=${key}` });
    expect(found()).toEqual([]);
    secrets['the session'] = cookie.split('.').at(-1) ?? '';
  });

  it('of what was printed, and of any file, right after a kill -9 and after a clean stop', async () => {
    await delay(50);
    const name = (path: string): string => path.slice(dataDir.length + 1);
    await gateway.stop('SIGKILL');
    const printed = new Map([
      ['stdout of the first', gateway.stdout()],
      ['stderr of the first', gateway.stderr()],
    ]);
    const killed = filesIn(dataDir);
    expect([...killed.keys()].map(name)).toEqual(expect.arrayContaining(['storage.sqlite', 'storage.sqlite-wal']));
    expect(findSecrets(secrets, killed)).toEqual([]);
    gateway = await startGateway({
      dataDir,
      env: { LOG_LEVEL: 'debug', OMNIROUTE_MASTER_KEY: MASTER_KEY.toString('base64'), JWT_SECRET, API_KEY_SECRET },
    });
    await (await gateway.login()).post('/api/resilience/reset', {});
    const key = String(secrets['the API key']);
    expect(
      await keep('works again', {
        ...(ROUTES[0]?.('anth/fine-with-header', false) ?? { path: '/' }),
        headers: { authorization: `Bearer ${key}` },
      }),
    ).toBe(200);
    expect(upstream.received.at(-1)?.headers['x-api-key']).toBe(REPLACED_KEY);
    expect(await gateway.stop()).toBe(0);
    expect(findSecrets(secrets, filesIn(dataDir))).toEqual([]);
    printed.set('stdout', gateway.stdout()).set('stderr', gateway.stderr());
    expect(gateway.stderr()).not.toBe('');
    expect(findSecrets(secrets, printed)).toEqual([]);
  });
});

function get(path: string): RawCall {
  return { method: 'GET', path: `/api/${path}` };
}

async function sessionCookie(): Promise<string> {
  const { headers } = await rawCall(gateway.baseUrl, {
    method: 'POST',
    path: '/api/auth/login',
    body: { password: PASSWORD },
  });
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}
