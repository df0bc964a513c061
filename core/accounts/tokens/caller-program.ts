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
 * process is making this call) to stdout. An answer that holds a token is on the disk before that.
 */
export function callerProgram(): void {
  const crypto = process.getBuiltinModule('node:crypto');
  const fs = process.getBuiltinModule('node:fs');
  const chunks: Buffer[] = [];
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
  const takeTurn = (path: string): boolean => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        fs.writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
        return true;
      } catch {
        if (isAlive(Number(fs.readFileSync(path, 'utf8')))) return false;
        fs.rmSync(path, { force: true });
      }
    }
    return false;
  };
  const keep = (job: CallerJob, text: string): void => {
    const nonce = crypto.randomBytes(12);
    const cipher = crypto.createCipheriv('aes-256-gcm', Buffer.from(job.key, 'base64'), nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const file = fs.openSync(`${job.path}.new`, 'w', 0o600);
    fs.writeSync(file, Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(`${job.path}.new`, job.path);
  };
  const call = (job: CallerJob): void => {
    const turn = `${job.path}.turn`;
    if (!takeTurn(turn)) {
      tell({ busy: true });
      return;
    }
    // Whoever had the turn before may have left an answer.
    if (fs.existsSync(job.path)) {
      fs.rmSync(turn, { force: true });
      tell({ busy: true });
      return;
    }
    const end = (answer: object): void => {
      fs.rmSync(turn, { force: true });
      tell(answer);
    };
    const client = process.getBuiltinModule(job.url.startsWith('https:') ? 'node:https' : 'node:http');
    const headers = { ...job.headers, 'content-length': String(Buffer.byteLength(job.body)) };
    const request = client.request(job.url, { method: 'POST', headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', (error) => end({ failure: error.message }));
      response.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8').slice(0, 1_048_576);
        const answer = { status: response.statusCode ?? 0, body };
        if (answer.status === 200 && /"access_?token"/i.test(body)) keep(job, JSON.stringify(answer));
        end(answer);
      });
    });
    request.on('error', (error) => end({ failure: 'code' in error ? String(error.code) : error.message }));
    setTimeout(() => end({ failure: 'no answer in time' }), job.limitMs);
    request.end(job.body);
  };
  process.stdin.on('data', (chunk: Buffer) => chunks.push(chunk));
  process.stdin.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8');
    // Cut short: its writer died before the call was asked for.
    if (!text.endsWith('}')) process.exit(0);
    call(JSON.parse(text) as CallerJob);
  });
}
