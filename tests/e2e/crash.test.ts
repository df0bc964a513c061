/**
 * What a client saw finished is on record, however the server ends: killed in the middle of a load, or asked to stop.
 * Each request has a model name of its own, and the simulated upstream counts tokens from that name, so a row can be
 * told to be the right one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNode, readUsage } from '../support/gateway-calls.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import {
  chatAnswer,
  chatChunk,
  messagesAnswer,
  namedEvent,
  type Received,
  type Script,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

const CLIENTS = 32;
const ROUNDS = 3;
const messages = [{ role: 'user', content: 'hi' }];

/** The ways through the server: same format and translated, each streaming and not. */
const LANES = [
  { path: '/v1/chat/completions', prefix: 'chat', body: { messages }, end: 'data: [DONE]' },
  { path: '/v1/messages', prefix: 'anth', body: { max_tokens: 9, messages }, end: 'event: message_stop' },
  { path: '/v1/messages', prefix: 'chat', body: { max_tokens: 9, messages }, end: 'event: message_stop' },
  { path: '/v1/chat/completions', prefix: 'anth', body: { messages }, end: 'data: [DONE]' },
  { path: '/v1/responses', prefix: 'chat', body: { input: 'hi' }, end: 'event: response.completed' },
] as const;

/** `m-17` costs 1017 tokens in and 17 out. */
const outputOf = (model: string): number => Number(/(\d+)$/.exec(model)?.[1] ?? 0);
const inputOf = (model: string): number => 1_000 + outputOf(model);

const pace: { chunkMs: number; isEndless: boolean } = { chunkMs: 4, isEndless: false };

const answerAtPace: Script = (received, response) => {
  const blocks = received.path.endsWith('/messages') ? messagesBlocks(received) : chatBlocks(received);
  if (received.body['stream'] !== true) {
    setTimeout(() => sendJson(response, wholeAnswer(received)), Math.random() * 30);
    return;
  }
  const send = (index: number): void => {
    const isLast = index === blocks.length - 1;
    if (isLast && pace.isEndless) return;
    sendSse(response, [blocks[index] ?? ''], isLast);
    if (!isLast) setTimeout(() => send(index + 1), pace.chunkMs);
  };
  send(0);
};

function wholeAnswer({ body, path }: Received): object {
  const model = String(body['model']);
  const [input, output] = [inputOf(model), outputOf(model)];
  if (!path.endsWith('/messages')) {
    return chatAnswer('hello', { prompt_tokens: input, completion_tokens: output, total_tokens: input + output });
  }
  return {
    ...messagesAnswer([{ type: 'text', text: 'hello' }]),
    usage: { input_tokens: input, output_tokens: output },
  };
}

function chatBlocks({ body }: Received): string[] {
  const model = String(body['model']);
  const usage = { prompt_tokens: inputOf(model), completion_tokens: outputOf(model), total_tokens: 0 };
  const last = { id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [], usage };
  const words = ['one ', 'two ', 'three ', 'four ', 'five'].map((content) => chatChunk({ content }));
  return [...words, chatChunk({}, 'stop'), `data: ${JSON.stringify(last)}`, 'data: [DONE]'];
}

function messagesBlocks({ body }: Received): string[] {
  const model = String(body['model']);
  const usage = { input_tokens: inputOf(model), output_tokens: 1 };
  const start = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, usage };
  const words = ['one ', 'two ', 'three'].map((text) =>
    namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  );
  const end = { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: outputOf(model) } };
  return [
    namedEvent('message_start', { message: start }),
    namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...words,
    namedEvent('content_block_stop', { index: 0 }),
    namedEvent('message_delta', end),
    namedEvent('message_stop', {}),
  ];
}

interface Load {
  /** Models of the requests whose answer a client had whole. */
  readonly finished: string[];
  /** Models of all requests sent. */
  readonly sent: string[];
}

let counter = 0;

/** One request; true when its client has all of the answer: the whole body, or the stream's last event. */
async function ask(baseUrl: string, load: Load, choice: { lane: number; stream: boolean }): Promise<void> {
  counter += 1;
  const { path, prefix, body, end } = LANES[choice.lane % LANES.length] ?? LANES[0];
  const model = `${prefix}/m-${counter}`;
  load.sent.push(model);
  const response = await fetch(baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, model, stream: choice.stream }),
  });
  if (!choice.stream) {
    const text = await response.text();
    if (response.ok && JSON.parse(text) !== null) load.finished.push(model);
    return;
  }
  let text = '';
  let isFinished = false;
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (isFinished || !text.includes(end)) continue;
    isFinished = true;
    load.finished.push(model);
  }
}

/** Thirty-two clients, each with one request after the other until the server is gone. */
function startLoad(baseUrl: string): { readonly load: Load; readonly over: Promise<unknown> } {
  const load: Load = { finished: [], sent: [] };
  const client = async (number: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      try {
        await ask(baseUrl, load, { lane: number + turn, stream: (number + turn) % 3 !== 0 });
      } catch (error) {
        if (error instanceof TypeError || error instanceof SyntaxError) return;
        throw error;
      }
    }
  };
  return { load, over: Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number))) };
}

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(answerAtPace);
});
afterAll(() => upstream.close());

/** Adds both endpoints to a fresh server. */
async function connectTo(gateway: GatewayProcess): Promise<void> {
  const management = await gateway.login();
  await addNode(management, { prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await addNode(management, { prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
}

/** What is recorded of these models, in a form that names each one that is missing or wrong. */
function recordOf(dataDir: string, models: readonly string[]): { integrity: unknown; wrong: readonly string[] } {
  const { integrity, rows } = readUsage(dataDir);
  const wrong = models.flatMap((model) => {
    const own = rows.filter((row) => row.requested_model === model);
    const [row] = own;
    if (row === undefined || own.length !== 1) return [`${model}: ${own.length} rows`];
    const says = `${row.tokens_input}/${row.tokens_output} ${row.outcome} ${row.status} ${row.is_estimated}`;
    return says === `${inputOf(model)}/${outputOf(model)} ok 200 0` ? [] : [`${model}: ${says}`];
  });
  return { integrity, wrong };
}

describe('kill -9 under load', () => {
  it('the database is whole and no finished request is missing, three times over', { timeout: 120_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    const finished: string[] = [];
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const gateway = await startGateway({ dataDir });
        if (round === 0) await connectTo(gateway);
        const { load, over } = startLoad(gateway.baseUrl);
        await expect.poll(() => load.finished.length, { timeout: 20_000 }).toBeGreaterThan(CLIENTS);
        await delay(Math.random() * 1_300);
        expect(await gateway.stop('SIGKILL')).toBe('SIGKILL');
        await over;
        finished.push(...load.finished);
        expect(load.sent.length).toBeGreaterThan(load.finished.length);
        const again = await startGateway({ dataDir });
        expect(recordOf(dataDir, finished)).toEqual({ integrity: 'ok', wrong: [] });
        const history = await (await again.login()).get('/api/usage/history');
        expect(Number(history['totalRequests'])).toBeGreaterThanOrEqual(finished.length);
        expect(await again.stop()).toBe(0);
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

/** A POST on a kept connection: its status, or the code of the error that says nobody listens any more. */
function postOn(agent: Agent, baseUrl: string): Promise<number | string> {
  return new Promise((resolve) => {
    const request = httpRequest(`${baseUrl}/v1/chat/completions`, { method: 'POST', agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    request.end(JSON.stringify({ model: 'chat/m-0', messages }));
  });
}

describe('SIGTERM under load', () => {
  it('open streams finish, new requests are refused, the exit code is 0', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    const agent = new Agent({ keepAlive: true });
    pace.chunkMs = 300;
    try {
      const gateway = await startGateway({ dataDir });
      await connectTo(gateway);
      expect(await postOn(agent, gateway.baseUrl)).toBe(200);
      const load: Load = { finished: [], sent: [] };
      const before = upstream.received.length;
      const asked = Array.from({ length: CLIENTS }, (_, lane) => ask(gateway.baseUrl, load, { lane, stream: true }));
      await expect.poll(() => upstream.received.length - before, { timeout: 10_000 }).toBe(CLIENTS);
      const end = gateway.stop('SIGTERM');
      await delay(100);
      expect(['ECONNREFUSED', 'ECONNRESET', 503]).toContain(await postOn(agent, gateway.baseUrl));
      expect(['ECONNREFUSED', 'ECONNRESET', 503]).toContain(await postOn(new Agent(), gateway.baseUrl));
      expect(load.finished).toEqual([]);
      await Promise.all(asked);
      expect(await end).toBe(0);
      expect([...load.finished].sort()).toEqual([...load.sent].sort());
      expect(recordOf(dataDir, load.sent)).toEqual({ integrity: 'ok', wrong: [] });
    } finally {
      pace.chunkMs = 4;
      agent.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('a stream that never ends does not hold the server, and is on record as cut short', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    pace.isEndless = true;
    try {
      const gateway = await startGateway({ dataDir });
      await connectTo(gateway);
      const load: Load = { finished: [], sent: [] };
      const asked = Promise.allSettled([0, 1].map((lane) => ask(gateway.baseUrl, load, { lane, stream: true })));
      await delay(200);
      expect(await gateway.stop('SIGTERM')).toBe(0);
      await asked;
      expect(load.finished).toEqual([]);
      const { rows } = readUsage(dataDir);
      expect(rows.map(({ requested_model }) => requested_model).sort()).toEqual([...load.sent].sort());
      for (const { outcome } of rows) expect(['cut', 'cancelled']).toContain(outcome);
    } finally {
      pace.isEndless = false;
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
