/**
 * A call that outlives this process. A refresh token that works once is used up when the vendor answers, and an answer that
 * dies with its process is a lost account. So the call is made by a small process of its own, outside this one's group,
 * which puts the answer on the disk, sealed, before it hands it over; whoever makes the same call after a crash gets that
 * answer instead. A tunnel through a network proxy is built here and handed over to it. Without a program to run it
 * (`nodeProgram`), and through a proxy that speaks TLS, calls are made here, and a crash may swallow an answer.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { createDecipheriv, createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { OmniError } from '../../base/errors.ts';
import { asNumber, asObject, asString, parseJson } from '../../base/json.ts';
import type { HttpAnswer, HttpRequest, HttpSend } from '../http.ts';
import { type CallerJob, callerText } from './caller-program.ts';

export interface LastingCalls {
  /** As the client it stands on; an answer that was kept for the same request comes at once. */
  sendFor(connectionId: string): HttpSend;
  /** The answers kept for a connection have done their work. */
  forget(connectionId: string): void;
}

export interface LastingCallParts {
  /** The program that runs Node: absent where this process is none that can. */
  readonly nodeProgram?: string | undefined;
  /** Where answers are kept meanwhile; made when missing. */
  readonly folder: string;
  /** 32 bytes. */
  sealingKey(): Buffer;
  /** Makes calls here. */
  readonly send: HttpSend;
  wayOut(request: HttpRequest): WayOut;
}

/**
 * How a call leaves this machine: directly, over a connection through a network proxy that another process can take over,
 * or by what only this process holds. `openTunnel` throws `proxy_failed` or `upstream_unreachable`.
 */
export type WayOut = 'direct' | 'own' | { openTunnel(): Promise<Socket> };

const LIMIT_MS = 60_000;
const POLL_MS = 50;

export function createLastingCalls(parts: LastingCallParts): LastingCalls {
  const { nodeProgram, folder, send } = parts;
  /** `except`: a call, its answer and what a process that makes it has beside that. */
  const forget = (connectionId: string, except?: string): void => {
    for (const name of namesIn(folder)) {
      const isOfCall = except !== undefined && (name === except || name.startsWith(`${except}.`));
      if (name.startsWith(`${connectionId}.`) && !isOfCall) rmSync(join(folder, name), { force: true });
    }
  };
  return {
    forget,
    sendFor: (connectionId) => async (request, signal) => {
      const way = parts.wayOut(request);
      if (request.method !== 'POST' || nodeProgram === undefined || way === 'own') return await send(request, signal);
      const mark = createHash('sha256')
        .update(`${request.url}\n${request.body ?? ''}`)
        .digest('hex')
        .slice(0, 32);
      const name = `${connectionId}.${mark}`;
      forget(connectionId, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const job: CallerJob = {
        ...{ url: request.url, headers: request.headers, body: request.body ?? '' },
        ...{ path: join(folder, name), key: parts.sealingKey().toString('base64'), limitMs: LIMIT_MS },
        isTunnelled: way !== 'direct',
      };
      const openTunnel = way === 'direct' ? undefined : way.openTunnel;
      return await callOrTakeKept(job, { nodeProgram, openTunnel }, signal);
    },
  };
}

interface Caller {
  readonly nodeProgram: string;
  readonly openTunnel: (() => Promise<Socket>) | undefined;
}

/** Asks again while another process makes the very same call. */
async function callOrTakeKept(job: CallerJob, caller: Caller, signal: AbortSignal): Promise<HttpAnswer> {
  for (;;) {
    const kept = keptAnswer(job);
    if (kept !== undefined) return kept;
    const answer = await callApart(job, caller, signal);
    if (answer !== 'busy') return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function callApart(
  job: CallerJob,
  { nodeProgram, openTunnel }: Caller,
  signal: AbortSignal,
): Promise<HttpAnswer | 'busy'> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(job.url);
    const fail = (why: string): void => {
      reject(new OmniError('upstream_unreachable', `${host} cannot be reached (${why}).`));
    };
    if (signal.aborted) return fail('given up');
    signal.addEventListener('abort', () => fail('no answer in time'), { once: true });
    const child = spawn(nodeProgram, ['-e', callerText()], {
      ...{ detached: true, windowsHide: true },
      stdio: ['pipe', 'pipe', 'ignore', ...(openTunnel === undefined ? [] : ['ipc' as const])],
    }) as ChildProcessByStdio<Writable, Readable, null>;
    child.unref();
    if (openTunnel !== undefined) handOver(child, openTunnel).catch(reject);
    const chunks: Buffer[] = [];
    child.once('error', (error) => fail(error.message));
    child.stdin.on('error', () => fail('the caller ended'));
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('close', () => {
      const told = asObject(parseJson(Buffer.concat(chunks).toString('utf8')));
      const [status, body] = [asNumber(told?.['status']), asString(told?.['body'])];
      if (told?.['busy'] === true) resolve('busy');
      else if (status !== undefined && body !== undefined) resolve({ status, body });
      else fail(asString(told?.['failure']) ?? 'the caller ended');
    });
    child.stdin.end(JSON.stringify(job));
  });
}

/** When the caller's turn has come, it gets the tunnel; without one it ends. Throws why there is none. */
async function handOver(child: ChildProcess, openTunnel: () => Promise<Socket>): Promise<void> {
  child.channel?.unref();
  const asked = await new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true)).once('close', () => resolve(false));
  });
  if (!asked) return;
  try {
    const socket = await openTunnel();
    // It belongs to the caller from here on.
    child.send('tunnel', socket, (error) => error !== null && socket.destroy());
  } catch (error) {
    if (child.connected) child.disconnect();
    throw error;
  }
}

function keptAnswer({ path, key }: CallerJob): HttpAnswer | undefined {
  try {
    const sealed = readFileSync(path);
    const opening = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), sealed.subarray(0, 12));
    opening.setAuthTag(sealed.subarray(12, 28));
    const text = Buffer.concat([opening.update(sealed.subarray(28)), opening.final()]).toString('utf8');
    const told = asObject(parseJson(text));
    const [status, body] = [asNumber(told?.['status']), asString(told?.['body'])];
    if (status === undefined || body === undefined) return undefined;
    const keptForMs = Date.now() - statSync(path).mtimeMs;
    return { status, body, ...(keptForMs >= 1_000 && { keptForMs }) };
  } catch {
    // There is none, or it is of another key and will never be read.
    rmSync(path, { force: true });
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing was ever kept.
    return [];
  }
}
