/**
 * Limits of time over real sockets, set for a provider and for a combo: hanging before and after the headers, a slow loris,
 * silence between chunks, an answer without end, a host that takes no connection; and clients that leave. Each time the
 * upstream is let go within a second, and the request is in the log.
 */
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

/** The limit that is set in each test; the others keep their defaults of ten seconds and more. */
const LIMIT_MS = 300;
const WITHIN_MS = 4_000;
const RELEASED_MS = 1_000;

type Manner = (response: ServerResponse) => void;
/** Writes a block again and again until the connection closes. */
const drip = (response: ServerResponse, block: string): void => {
  const timer = setInterval(() => response.write(`${block}\n\n`), 40);
  response.on('close', () => clearInterval(timer));
};
const begin: Manner = (response) => sendSse(response, [chatChunk({ content: 'begun ' })], false);
const MANNERS = {
  'hangs before the headers': () => undefined,
  'hangs after the headers': (response) => sendSse(response, [': '], false),
  'sends comments only, slowly': (response) => {
    sendSse(response, [': '], false);
    drip(response, ': still here');
  },
  'falls silent after its first content': begin,
  'goes on for ever': (response) => {
    begin(response);
    drip(response, chatChunk({ content: 'and on ' }));
  },
} satisfies Record<string, Manner>;

let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let comboId: string;
/** When the upstream's side of the last request was closed. */
let closed: PromiseWithResolvers<number>;
let begun: PromiseWithResolvers<void>;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream(() => undefined);
  ({ nodeId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
  const { combo } = await core.manage('POST', '/api/combos', { name: 'team', models: ['up/m'] });
  comboId = asString(asObject(combo)?.['id']) ?? '';
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(async () => {
  closed = Promise.withResolvers();
  begun = Promise.withResolvers();
  await core.manage('PATCH', '/api/settings', { providerTimeouts: {} });
  await core.manage('PUT', `/api/combos/${comboId}`, { config: {} });
  await core.manage('POST', '/api/resilience/reset');
});

function behave(manner: Manner): void {
  upstream.answer((_received, response) => {
    response.on('close', () => closed.resolve(performance.now()));
    manner(response);
    begun.resolve();
  });
}

/** Sets one limit, by the name it has for a provider. */
async function limit(where: 'provider' | 'combo', name: string): Promise<void> {
  if (where === 'provider')
    await core.manage('PATCH', '/api/settings', { providerTimeouts: { [nodeId]: { [name]: LIMIT_MS } } });
  else {
    const own = name === 'firstContentMs' ? 'timeoutMs' : name;
    await core.manage('PUT', `/api/combos/${comboId}`, { config: { [own]: LIMIT_MS } });
  }
}

const question = (change: object): object => ({
  model: 'team',
  messages: [{ role: 'user', content: 'hi' }],
  ...change,
});

async function lastRequest(): Promise<JsonObject> {
  const logs = await core.manage('GET', '/api/usage/call-logs?limit=1');
  return objectsOf(logs['logs'])[0] ?? {};
}

describe.each(['provider', 'combo'] as const)('a limit of the %s', (where) => {
  it.each([
    ['firstContentMs', 'hangs before the headers'],
    ['firstContentMs', 'hangs after the headers'],
    ['firstContentMs', 'sends comments only, slowly'],
    ['totalMs', 'hangs before the headers'],
  ] as const)('%s ends one that %s with a 504', async (name, manner) => {
    behave(MANNERS[manner]);
    await limit(where, name);
    const startedMs = performance.now();
    const response = await core.post('/v1/chat/completions', question({ stream: true }));
    const tookMs = performance.now() - startedMs;
    expect([response.status, await response.text()]).toEqual([504, expect.stringContaining('within 0.3 seconds')]);
    expect(tookMs).toBeGreaterThan(LIMIT_MS - 20);
    expect(tookMs).toBeLessThan(WITHIN_MS);
    expect((await closed.promise) - startedMs).toBeLessThan(tookMs + RELEASED_MS);
    expect(await lastRequest()).toMatchObject({ status: 504 });
  });

  it.each([
    ['idleMs', 'falls silent after its first content'],
    ['totalMs', 'goes on for ever'],
  ] as const)('%s ends one that %s with the protocol’s error', async (name, manner) => {
    behave(MANNERS[manner]);
    await limit(where, name);
    const startedMs = performance.now();
    const text = await (await core.post('/v1/chat/completions', question({ stream: true }))).text();
    const tookMs = performance.now() - startedMs;
    expect(text).toContain('begun');
    expect(text).toMatch(/"error":\{/);
    expect(text).not.toContain('[DONE]');
    expect(tookMs).toBeGreaterThan(LIMIT_MS - 20);
    expect(tookMs).toBeLessThan(WITHIN_MS);
    expect((await closed.promise) - startedMs).toBeLessThan(tookMs + RELEASED_MS);
  });

  it('connectMs ends one that takes no connection', async () => {
    // Takes TCP connections and never begins TLS: for HTTPS that is no connection.
    const mute = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    await core.manage('PUT', `/api/provider-nodes/${nodeId}`, {
      baseUrl: `https://127.0.0.1:${(mute.address() as AddressInfo).port}/v1`,
    });
    await limit(where, 'connectMs');
    const startedMs = performance.now();
    const response = await core.post('/v1/chat/completions', question({ stream: true }));
    const tookMs = performance.now() - startedMs;
    await core.manage('PUT', `/api/provider-nodes/${nodeId}`, { baseUrl: `${upstream.url}/v1` });
    mute.close();
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('accept a connection')]);
    expect(tookMs).toBeGreaterThan(LIMIT_MS - 20);
    expect(tookMs).toBeLessThan(WITHIN_MS);
  });
});

it.each(['hangs before the headers', 'hangs after the headers'] as const)(
  'an answer that is not streamed and %s has the time in all',
  async (manner) => {
    behave(
      manner === 'hangs before the headers'
        ? () => undefined
        : (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'),
    );
    await limit('provider', 'totalMs');
    const response = await core.post('/v1/chat/completions', question({ stream: false }));
    expect([response.status, await response.text()]).toEqual([504, expect.stringContaining('within 0.3 seconds')]);
  },
);

describe.each([true, false])('a client that leaves, stream %s', (stream) => {
  it.each([
    'hangs before the headers',
    'hangs after the headers',
    'sends comments only, slowly',
    'falls silent after its first content',
    'goes on for ever',
  ] as const)('lets go of an upstream that %s', async (manner) => {
    const inJson: Manner = (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
    behave(stream || manner === 'hangs before the headers' ? MANNERS[manner] : inJson);
    const before = Number((await core.manage('GET', '/api/usage/history'))['totalRequests']);
    const controller = new AbortController();
    const request = fetch(`${core.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question({ stream })),
      signal: controller.signal,
    }).then((response) => response.text());
    request.catch(() => undefined);
    await begun.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const leftMs = performance.now();
    controller.abort();
    expect((await closed.promise) - leftMs).toBeLessThan(RELEASED_MS);
    await expect.poll(async () => (await core.manage('GET', '/api/usage/history'))['totalRequests']).toBe(before + 1);
    const { status, tokensIn, tokensOut } = await lastRequest();
    expect(status).toBe(499);
    if (stream && /content|ever/.test(manner))
      expect([tokensIn, tokensOut].every((count) => Number(count) > 0)).toBe(true);
  });
});
