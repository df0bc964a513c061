/** The program of `lasting-call.ts`: run as text in a process of its own, so it may use nothing but Node's own modules. */

export interface CallerJob {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Where an answer with a token is kept: nonce, tag and ciphertext of its JSON. */
  readonly path: string;
  /** AES-256-GCM, base64. */
  readonly key: string;
  readonly limitMs: number;
}

/**
 * Reads a `CallerJob` from stdin, makes the call and writes `{status, body}`, `{failure}` or `{busy: true}` (another
 * process is making this call, or has made it) to stdout. An answer that holds a token is on the disk before that.
 */
export function callerProgram(): void {
  const fs = process.getBuiltinModule('node:fs');
  const tell = (answer: object): void => {
    process.stdout.on('error', () => process.exit(0));
    process.stdout.write(JSON.stringify(answer), () => process.exit(0));
  };
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  /** One process at a time makes this call; the word of a dead one counts for nothing. */
  const takeTurn = (path: string, tries: number): boolean => {
    try {
      fs.writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch {
      if (tries === 0 || isAlive(Number(fs.readFileSync(path, 'utf8')))) return false;
      fs.rmSync(path, { force: true });
      return takeTurn(path, tries - 1);
    }
  };
  const keep = (job: CallerJob, text: string): void => {
    const { createCipheriv, randomBytes } = process.getBuiltinModule('node:crypto');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(job.key, 'base64'), nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const file = fs.openSync(`${job.path}.new`, 'w', 0o600);
    fs.writeSync(file, Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(`${job.path}.new`, job.path);
  };
  const call = (job: CallerJob, end: (answer: object) => void): void => {
    const client = process.getBuiltinModule(job.url.startsWith('https:') ? 'node:https' : 'node:http');
    const headers = { ...job.headers, 'content-length': String(Buffer.byteLength(job.body)) };
    const request = client.request(job.url, { method: 'POST', headers, agent: false }, async (response) => {
      const parts: Buffer[] = [];
      response.on('error', (error) => end({ failure: error.message }));
      for await (const part of response) parts.push(part as Buffer);
      const answer = { status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') };
      if (answer.status === 200 && /"access_?token"/i.test(answer.body)) keep(job, JSON.stringify(answer));
      end(answer);
    });
    request.on('error', (error) => end({ failure: 'code' in error ? String(error.code) : error.message }));
    setTimeout(() => end({ failure: 'no answer in time' }), job.limitMs);
    request.end(job.body);
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
  if (!takeTurn(turn, 1)) tell({ busy: true });
  // Whoever had the turn before may have left an answer.
  else if (fs.existsSync(job.path)) end({ busy: true });
  else call(job, end);
}
