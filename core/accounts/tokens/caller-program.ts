/**
 * The program of `lasting-call.ts`, run as text in a process of its own: nothing of it may use anything but Node's own
 * modules and what it is given.
 */
import type { RequestOptions } from 'node:http';
import type { Socket } from 'node:net';

export interface CallerJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where an answer with a token is kept: nonce, tag and ciphertext of its JSON. */
  readonly path: string;
  /** AES-256-GCM, base64. */
  readonly key: string;
  readonly limitMs: number;
  /** The connection comes over the process's channel, once it is this process's turn. */
  readonly isTunnelled: boolean;
}

/**
 * The program's text. It reads a `CallerJob` from stdin, makes the call and writes `{status, body}`, `{failure}` or
 * `{busy: true}` (another process is making this call, or has made it) to stdout. An answer that holds a token is on the
 * disk before that.
 */
export function callerText(): string {
  return `(${callerProgram})({ takeTurn: ${takeTurn}, keepAnswer: ${keepAnswer}, connectionFor: ${connectionFor} })`;
}

interface Parts {
  readonly takeTurn: typeof takeTurn;
  readonly keepAnswer: typeof keepAnswer;
  readonly connectionFor: typeof connectionFor;
}

function callerProgram(parts: Parts): void {
  const fs = process.getBuiltinModule('node:fs');
  const tell = (answer: object): void => {
    process.stdout.on('error', () => process.exit(0));
    process.stdout.write(JSON.stringify(answer), () => process.exit(0));
  };
  const call = (job: CallerJob, end: (answer: object) => void, tunnel?: Socket): void => {
    const client = process.getBuiltinModule(job.url.startsWith('https:') ? 'node:https' : 'node:http');
    const headers = { ...job.headers, 'content-length': String(Buffer.byteLength(job.body)) };
    const options = { method: 'POST', headers, ...parts.connectionFor(job.url, tunnel) };
    const request = client.request(job.url, options, async (response) => {
      const chunks: Buffer[] = [];
      response.on('error', (error) => end({ failure: error.message }));
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const answer = { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
      if (answer.status === 200 && /"access_?token"/i.test(answer.body)) parts.keepAnswer(job, JSON.stringify(answer));
      end(answer);
    });
    request.on('error', (error) => end({ failure: 'code' in error ? String(error.code) : error.message }));
    setTimeout(() => end({ failure: 'no answer in time' }), job.limitMs);
    request.end(job.body);
  };
  /** The parent builds the tunnel when it hears that it is needed; without one it lets go of the channel. */
  const callThroughTunnel = (job: CallerJob, end: (answer: object) => void): void => {
    const giveUp = (): void => end({ failure: 'there is no tunnel' });
    process.once('disconnect', giveUp);
    process.once('message', (_words, tunnel) => {
      process.off('disconnect', giveUp);
      call(job, end, tunnel as Socket);
    });
    process.send?.('my turn');
  };
  const text = fs.readFileSync(0, 'utf8');
  // Cut short: its writer died before the call was asked for.
  if (!text.endsWith('}')) process.exit(0);
  const job = JSON.parse(text) as CallerJob;
  const turn = `${job.path}.turn`;
  const end = (answer: object): void => {
    fs.rmSync(turn, { force: true });
    tell(answer);
  };
  if (!parts.takeTurn(turn, job.limitMs, 1)) tell({ busy: true });
  // Whoever had the turn before may have left an answer.
  else if (fs.existsSync(job.path)) end({ busy: true });
  else if (job.isTunnelled) callThroughTunnel(job, end);
  else call(job, end);
}

/**
 * One process at a time makes a call; the word of a dead one counts for nothing, nor one that is older than a call can be:
 * its number may be another process's by now.
 */
function takeTurn(path: string, limitMs: number, tries: number): boolean {
  const fs = process.getBuiltinModule('node:fs');
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  try {
    fs.writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    const isOld = Date.now() - fs.statSync(path).mtimeMs > 2 * limitMs;
    if (tries === 0 || (!isOld && isAlive(Number(fs.readFileSync(path, 'utf8'))))) return false;
    fs.rmSync(path, { force: true });
    return takeTurn(path, limitMs, tries - 1);
  }
}

/** Sealed, and whole or not at all: what a full disk does not take is still handed over to whoever waits. */
function keepAnswer({ path, key }: CallerJob, text: string): void {
  const fs = process.getBuiltinModule('node:fs');
  const { createCipheriv, randomBytes } = process.getBuiltinModule('node:crypto');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  try {
    const file = fs.openSync(`${path}.new`, 'w', 0o600);
    fs.writeSync(file, Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(`${path}.new`, path);
  } catch {
    fs.rmSync(`${path}.new`, { recursive: true, force: true });
  }
}

/** A new connection, or one over the tunnel. */
function connectionFor(url: string, tunnel: Socket | undefined): RequestOptions {
  if (tunnel === undefined) return { agent: false };
  if (url.startsWith('http:')) return { createConnection: () => tunnel };
  const { isIP } = process.getBuiltinModule('node:net');
  const { connect } = process.getBuiltinModule('node:tls');
  const { hostname } = new URL(url);
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return { createConnection: () => connect({ socket: tunnel, ...(isAddress ? {} : { servername: hostname }) }) };
}
