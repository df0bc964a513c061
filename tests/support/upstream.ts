/**
 * A simulated upstream on a real socket: a script answers each request, and what came in is kept. Its answers are
 * written by hand in the tests, from protocol facts, never by our own encoders.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { asObject, type JsonObject, parseJson } from '../../core/base/json.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly body: JsonObject;
}

export type Script = (received: Received, response: ServerResponse, request: IncomingMessage) => void;

export interface Upstream {
  readonly url: string;
  readonly received: Received[];
  /** Replaces the script. */
  answer(script: Script): void;
  close(): Promise<void>;
}

export async function startUpstream(script: Script): Promise<Upstream> {
  const received: Received[] = [];
  let current = script;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = asObject(parseJson(raw.toString('utf8'))) ?? {};
      const record: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        raw,
        body,
      };
      received.push(record);
      current(record, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(next) {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with an SSE stream, one block after the other; `end: false` leaves it open. */
export function sendSse(response: ServerResponse, blocks: readonly string[], end = true): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const block of blocks) response.write(`${block}\n\n`);
  if (end) response.end();
}

/** A chat chunk (https://platform.openai.com/docs/api-reference/chat/streaming). */
export function chatChunk(delta: object, finishReason: string | null = null): string {
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'real-model',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
  return `data: ${JSON.stringify(chunk)}`;
}

/** A whole chat answer. */
export function chatAnswer(
  content: string,
  usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'real-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage,
  };
}

/** A named event of Anthropic or Responses. */
export function namedEvent(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}`;
}

/** A whole Messages answer (https://docs.anthropic.com/en/api/messages). */
export function messagesAnswer(content: readonly object[], stopReason = 'end_turn'): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'real-model',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 3 },
  };
}
