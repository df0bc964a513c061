/** A local HTTP server that answers as each test says and keeps what it was asked, and providers that point at it. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type JsonValue, parseJson } from '../../core/base/json.ts';
import type { Endpoint, Provider } from '../../core/providers/provider.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonValue | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonValue | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Upstream {
  readonly origin: string;
  readonly asked: Asked[];
}

/** A server that answers with what `answer` returns; undefined leaves the request without an answer. */
export async function upstream(answer: (asked: Asked) => Answer | undefined): Promise<Upstream> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const one: Asked = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: parseJson(Buffer.concat(chunks).toString()),
    };
    asked.push(one);
    const { status, body = '', headers = {} } = answer(one) ?? { status: 0 };
    if (status === 0) return;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const BEARER = { header: 'authorization', prefix: 'Bearer ' } as const;

const KINDS = {
  openai: { format: 'openai-chat', path: '/v1/chat/completions', auth: BEARER },
  responses: { format: 'openai-responses', path: '/v1/responses', auth: BEARER },
  anthropic: {
    format: 'anthropic-messages',
    path: '/v1/messages',
    auth: { header: 'x-api-key' },
    headers: { 'anthropic-version': '2023-06-01' },
  },
  gemini: { format: 'gemini', path: '/v1beta/models/{model}:{action}', auth: { header: 'x-goog-api-key' } },
  ollama: { format: 'ollama-chat', path: '/api/chat', auth: BEARER },
} as const satisfies Record<string, Endpoint>;

const LISTS = {
  openai: { path: '/v1/models', shape: 'openai' },
  responses: { path: '/v1/models', shape: 'openai' },
  anthropic: { path: '/v1/models', shape: 'anthropic' },
  gemini: { path: '/v1beta/models', shape: 'gemini' },
  ollama: { path: '/api/tags', shape: 'ollama' },
} as const;

/** A provider of one kind at an origin, with a model list. */
export function provider(kind: keyof typeof KINDS, origin: string, change: Partial<Provider> = {}): Provider {
  return {
    id: kind,
    alias: kind,
    name: 'Acme',
    tier: 'api-key',
    hosts: { api: origin },
    endpoints: [KINDS[kind]],
    key: 'required',
    modelList: LISTS[kind],
    keyUrl: 'https://acme.example/keys',
    ...change,
  };
}

/** The same without a model list. */
export function withoutList({ modelList, ...rest }: Provider): Provider {
  return rest;
}
