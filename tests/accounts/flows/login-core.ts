/** A core whose providers are simulated, with short ways through a sign-in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../core/base/clock.ts';
import { asObject, asString, compact, type JsonObject, objectsOf, parseJson } from '../../../core/base/json.ts';
import { startCore, type TestCore } from '../../support/core.ts';

export interface LoginCore {
  readonly core: TestCore;
  readonly dataDirectory: string;
  /** The status and the body of a management call, whatever they are. */
  call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: JsonObject; readonly text: string }>;
  /** Waits until a sign-in is over; its last view. */
  ended(sessionId: string): Promise<JsonObject>;
  connections(): Promise<JsonObject[]>;
  stop(): Promise<void>;
}

/** `overrides` is `providers.json`. */
export async function startLoginCore(
  overrides: object,
  options: { readonly env?: Record<string, string>; readonly dataDirectory?: string; readonly clock?: Clock } = {},
): Promise<LoginCore> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'omniroute-'));
  writeFileSync(join(dataDirectory, 'providers.json'), JSON.stringify(overrides));
  const { env, clock } = options;
  const core = await startCore({ dataDirectory, ...compact({ env, clock }) });
  const call: LoginCore['call'] = async (method, path, body) => {
    const response = await fetch(core.url + path, {
      method,
      headers: { cookie: core.cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: asObject(parseJson(text)) ?? {}, text };
  };
  return {
    ...{ core, dataDirectory, call },
    async ended(sessionId) {
      for (const untilMs = Date.now() + 30_000; Date.now() < untilMs; ) {
        const { body } = await call('GET', `/api/oauth/sessions/${sessionId}`);
        if (!['waiting', 'exchanging', 'setting-up'].includes(asString(body['state']) ?? '')) return body;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('The sign-in did not end.');
    },
    connections: async () => objectsOf((await call('GET', '/api/providers')).body['connections']),
    async stop() {
      await core.stop();
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Waits for a port that a vendor's registration fixes: other runs of these tests on this machine need it too. */
export async function untilPortIsFree(port: number): Promise<void> {
  for (const untilMs = Date.now() + 60_000; Date.now() < untilMs; ) {
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Port ${port} stays taken.`);
}

/** The sentence of a failed management call. */
export function sentenceOf(body: JsonObject): string {
  return asString(asObject(body['error'])?.['message']) ?? '';
}
