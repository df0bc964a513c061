/**
 * A call that outlives this process. A refresh token that works once is used up when the vendor answers, and an answer that
 * dies with its process is a lost account. So the call is made by a small process of its own, outside this one's group,
 * which puts the answer on the disk, sealed, before it hands it over; whoever makes the same call after a crash gets that
 * answer instead. Without a program to run it (`nodeProgram`), calls are made here, and a crash may swallow an answer.
 */
import { spawn } from 'node:child_process';
import { createDecipheriv, createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OmniError } from '../../base/errors.ts';
import { asNumber, asObject, asString, parseJson } from '../../base/json.ts';
import type { HttpAnswer, HttpRequest, HttpSend } from '../http.ts';
import { type CallerJob, callerProgram } from './caller-program.ts';

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
  /** Calls through a network proxy are made here: its connections are this process's. */
  isProxied(request: HttpRequest): boolean;
}

const LIMIT_MS = 60_000;
const POLL_MS = 50;

export function createLastingCalls(parts: LastingCallParts): LastingCalls {
  const { nodeProgram, folder, send } = parts;
  const forget = (connectionId: string, except?: string): void => {
    for (const name of namesIn(folder)) {
      if (name.startsWith(`${connectionId}.`) && name !== except) rmSync(join(folder, name), { force: true });
    }
  };
  return {
    forget,
    sendFor: (connectionId) => async (request, signal) => {
      if (request.method !== 'POST' || nodeProgram === undefined || parts.isProxied(request)) {
        return await send(request, signal);
      }
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
      };
      return await callOrTakeKept(job, nodeProgram, signal);
    },
  };
}

/** Asks again while another process makes the very same call. */
async function callOrTakeKept(job: CallerJob, nodeProgram: string, signal: AbortSignal): Promise<HttpAnswer> {
  for (;;) {
    const kept = keptAnswer(job);
    if (kept !== undefined) return kept;
    const answer = await callApart(job, nodeProgram, signal);
    if (answer !== 'busy') return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function callApart(job: CallerJob, nodeProgram: string, signal: AbortSignal): Promise<HttpAnswer | 'busy'> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(job.url);
    const fail = (why: string): void => {
      reject(new OmniError('upstream_unreachable', `${host} cannot be reached (${why}).`));
    };
    if (signal.aborted) return fail('given up');
    signal.addEventListener('abort', () => fail('no answer in time'), { once: true });
    const child = spawn(nodeProgram, ['-e', `(${callerProgram.toString()})()`], {
      ...{ detached: true, windowsHide: true },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.unref();
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

function keptAnswer({ path, key }: CallerJob): HttpAnswer | undefined {
  try {
    const sealed = readFileSync(path);
    const opening = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), sealed.subarray(0, 12));
    opening.setAuthTag(sealed.subarray(12, 28));
    const text = Buffer.concat([opening.update(sealed.subarray(28)), opening.final()]).toString('utf8');
    const told = asObject(parseJson(text));
    const [status, body] = [asNumber(told?.['status']), asString(told?.['body'])];
    return status === undefined || body === undefined ? undefined : { status, body };
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
