/**
 * Calls to a real server that `fetch` cannot make (any Host, Origin or Sec-Fetch-Site, raw bytes on a socket), and the
 * few management calls that every end-to-end test begins with.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { asObject, asString, type JsonObject, parseJson } from '../../core/base/json.ts';
import type { ManagementClient } from './gateway-process.ts';
import { UPSTREAM_KEY } from './marked-secrets.ts';

export interface Node {
  readonly prefix: string;
  readonly baseUrl: string;
  readonly type?: 'openai-compatible' | 'anthropic-compatible' | 'gemini-compatible';
  readonly apiType?: 'chat' | 'responses';
  readonly apiKey?: string;
}

/** Adds a custom endpoint and a connection to it; models are then named `prefix/…`. Returns the node's id. */
export async function addNode(management: ManagementClient, node: Node): Promise<string> {
  const { prefix, baseUrl, type = 'openai-compatible', apiType = 'chat', apiKey = UPSTREAM_KEY } = node;
  const form = type === 'openai-compatible' ? { apiType } : {};
  const made = await management.post('/api/provider-nodes', { name: prefix, prefix, type, baseUrl, ...form });
  const provider = asString(asObject(made['node'])?.['id']) ?? '';
  await management.post('/api/providers', { provider, apiKey, name: `${prefix} account` });
  return provider;
}

export interface RawCall {
  readonly method?: string;
  /** With its query, sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as a JSON object; empty when it is none. */
  readonly body: JsonObject;
}

/** One request with exactly these headers; JSON's content type is added to a body unless another one is given. */
export function rawCall(baseUrl: string, { method = 'GET', path, headers = {}, body }: RawCall): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { hostname, port, method, path, agent: false, headers: { ...type, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: answer,
            body: asObject(parseJson(answer)) ?? {},
          });
        });
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** Sends bytes on a bare socket; everything that came back until the server closed it, at most five seconds. */
export function rawBytes(baseUrl: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

export interface UsageRow {
  readonly requested_model: string;
  readonly endpoint: string;
  readonly stream: number;
  readonly tokens_input: number;
  readonly tokens_output: number;
  readonly is_estimated: number;
  readonly status: number;
  readonly outcome: string;
}

/** What the database of a data directory holds: its integrity and every recorded request. */
export function readUsage(dataDir: string): { readonly integrity: unknown; readonly rows: readonly UsageRow[] } {
  const database = new Database(join(dataDir, 'storage.sqlite'), { readonly: true });
  try {
    return {
      integrity: database.pragma('integrity_check', { simple: true }),
      rows: database.prepare<[], UsageRow>('SELECT * FROM usage_history ORDER BY id').all(),
    };
  } finally {
    database.close();
  }
}
