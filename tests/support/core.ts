/** The whole core in this process: a fresh data directory, a real port, the management API with its login. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/base/clock.ts';
import { asArray, asObject, asString, type JsonObject, type JsonValue, parseJson } from '../../core/base/json.ts';
import { type Core, createCore } from '../../core/index.ts';
import { readEnvironment } from '../../core/policy/environment.ts';
import type { NodeType } from '../../core/store/records.ts';
import { createLog } from '../../main/ports/log.ts';
import { gatewayFiles, mustHoldNoSecret, PASSWORD, UPSTREAM_KEY } from './marked-secrets.ts';
import type { Places } from './planted-secrets.ts';

export interface TestCore {
  readonly url: string;
  readonly core: Core;
  readonly dataDirectory: string;
  /** Of the session that `manage` calls with. */
  readonly cookie: string;
  /** A management call with the session; throws when the status is not 2xx. */
  manage(method: string, path: string, body?: object): Promise<JsonObject>;
  /** A management GET that answers with a list. */
  list(path: string): Promise<JsonValue[]>;
  /** Adds a custom endpoint and a connection to it; models are then named `prefix/…`. */
  addNode(node: {
    prefix: string;
    baseUrl: string;
    type?: NodeType;
    apiType?: 'chat' | 'responses';
    apiKey?: string;
  }): Promise<{ nodeId: string; connectionId: string }>;
  /** A client's POST. */
  post(path: string, body: object | string, headers?: Record<string, string>): Promise<Response>;
  /** Throws when a marked secret was logged or stands in a file (`marked-secrets.ts`). */
  stop(): Promise<void>;
}

export interface TestCoreOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly env?: Record<string, string>;
  readonly dataDirectory?: string;
  readonly isMediaAddressAllowed?: (address: string) => boolean;
  readonly echoUrl?: string;
}

export async function startCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'omniroute-'));
  const logged: string[] = [];
  const core = await createCore({
    environment: readEnvironment({ INITIAL_PASSWORD: PASSWORD, OMNIROUTE_MASTER_KEY: 'ab'.repeat(32), ...options.env }),
    paths: {
      databaseFile: join(dataDirectory, 'storage.sqlite'),
      keyFile: join(dataDirectory, 'master.key'),
      providersFile: join(dataDirectory, 'providers.json'),
    },
    keychain: {
      read: () => Promise.reject(new Error('none here')),
      write: () => Promise.reject(new Error('none here')),
    },
    clock: options.clock ?? systemClock,
    log: createLog('info', { write: (line) => void logged.push(line) }),
    version: '0.0.0-test',
    nodeProgram: process.execPath,
    ...(options.echoUrl !== undefined && { echoUrl: options.echoUrl }),
    ...(options.isMediaAddressAllowed && { isMediaAddressAllowed: options.isMediaAddressAllowed }),
  });
  const { host, port } = await core.start({ host: '127.0.0.1', port: 0 });
  const url = `http://${host}:${port}`;
  const cookie = await signIn(url);
  const call = async (method: string, path: string, body?: object): Promise<JsonValue | undefined> => {
    const response = await fetch(url + path, {
      method,
      headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    mustHoldNoSecret(new Map([[`the answer to ${method} ${path}`, text]]));
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return parseJson(text);
  };
  const manage: TestCore['manage'] = async (...input) => asObject(await call(...input)) ?? {};
  return {
    url,
    core,
    dataDirectory,
    cookie,
    manage,
    list: async (path) => asArray(await call('GET', path)),
    async addNode({ prefix, baseUrl, type = 'openai-compatible', apiType, apiKey = UPSTREAM_KEY }) {
      const form = type === 'openai-compatible' ? { apiType: apiType ?? 'chat' } : {};
      const { node } = await manage('POST', '/api/provider-nodes', { name: prefix, prefix, type, baseUrl, ...form });
      const nodeId = asString(asObject(node)?.['id']) ?? '';
      const { connection } = await manage('POST', '/api/providers', {
        provider: nodeId,
        apiKey,
        name: `${prefix} account`,
      });
      return { nodeId, connectionId: asString(asObject(connection)?.['id']) ?? '' };
    },
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async stop() {
      await core.stop(2_000);
      const written: Places = new Map([['the log', logged.join('')], ...gatewayFiles(dataDirectory)]);
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
      mustHoldNoSecret(written);
    },
  };
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (!response.ok || cookie === undefined) throw new Error(`login: ${response.status} ${await response.text()}`);
  return cookie;
}
