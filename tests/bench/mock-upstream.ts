/**
 * The upstream of the bench: OpenAI Chat Completions and Anthropic Messages, whole and streamed, as cheap as it can be.
 * The model's name says what to answer: `bench-c200-d100` streams 200 chunks, 100 ms apart (`d0`: one a turn of the
 * event loop). It prints its port when it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(6);
const WORD = ' lorem ipsum';
const MODEL = /bench-c(\d+)-d(\d+)/;

interface Script {
  readonly head: readonly string[];
  readonly chunk: string;
  readonly tail: readonly string[];
  readonly whole: string;
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const event = (value: { type: string; [key: string]: unknown }): string => `event: ${value.type}\n${data(value)}`;

const chatChunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  data({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'bench',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...more,
  });
const CHAT_USAGE = { prompt_tokens: 120, completion_tokens: 60, total_tokens: 180 };
const CHAT: Script = {
  head: [chatChunk({ role: 'assistant', content: '' })],
  chunk: chatChunk({ content: WORD }),
  tail: [
    chatChunk({}, 'stop'),
    data({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 1_760_000_000,
      model: 'bench',
      choices: [],
      usage: CHAT_USAGE,
    }),
    'data: [DONE]\n\n',
  ],
  whole: JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'bench',
    choices: [
      { index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: CHAT_USAGE,
  }),
};

const MESSAGES_USAGE = { input_tokens: 120, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const message = (content: object[], stop: string | null, outputTokens: number): object => ({
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'bench',
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage: { ...MESSAGES_USAGE, output_tokens: outputTokens },
});
const MESSAGES: Script = {
  head: [
    event({ type: 'message_start', message: message([], null, 1) }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ],
  chunk: event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: WORD } }),
  tail: [
    event({ type: 'content_block_stop', index: 0 }),
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 60 },
    }),
    event({ type: 'message_stop' }),
  ],
  whole: JSON.stringify(message([{ type: 'text', text: TEXT }], 'end_turn', 60)),
};

const server = createServer((request, response) => {
  const script = request.url?.includes('/messages') === true ? MESSAGES : CHAT;
  readBody(request).then(
    (body) => answer(script, body, response),
    () => response.destroy(),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

function answer(script: Script, body: Buffer, response: ServerResponse): void {
  const at = body.indexOf('bench-c');
  const [, count = '0', delay = '0'] = MODEL.exec(body.toString('latin1', at, at + 40)) ?? [];
  if (!body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(script.whole) });
    response.end(script.whole);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for (const frame of script.head) response.write(frame);
  let left = Number(count);
  const delayMs = Number(delay);
  const later = (step: () => void): unknown => (delayMs > 0 ? setTimeout(step, delayMs) : setImmediate(step));
  const step = (): void => {
    if (response.destroyed) return;
    if (left > 0) {
      left -= 1;
      response.write(script.chunk);
      later(step);
      return;
    }
    for (const frame of script.tail) response.write(frame);
    response.end();
  };
  later(step);
}
