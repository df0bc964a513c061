/** Bytes that never become a request get an answer that a client can show, in the protocol of their path. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, type JsonObject, parseJson } from '../../core/base/json.ts';
import { silentLog } from '../../core/base/log.ts';
import { createListener, type Listener } from '../../core/gateway/listener.ts';

let listener: Listener;
let port: number;

beforeAll(async () => {
  listener = createListener(
    [
      (request, response) => {
        if (request.url === '/begun') {
          response.writeHead(200, { 'content-length': '100' }).write('half');
          return true;
        }
        if (request.method === 'GET') response.end('fine');
        // A POST waits for a body that the test breaks.
        else request.on('error', () => undefined).resume();
        return true;
      },
    ],
    silentLog,
  );
  ({ port } = await listener.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => listener.drain(0));

/** All that the server sends until it closes the connection. */
function exchange(...writes: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const next = writes.shift();
      if (next !== undefined) socket.write(next);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(writes.shift() ?? '');
  });
}

const parts = (raw: string): { status: number; headers: string; body: JsonObject } => {
  const [head = '', body = ''] = raw.split('\r\n\r\n');
  expect(head).toMatch(/content-type: application\/json/i);
  expect(head).toMatch(/connection: close/i);
  return { status: Number(head.split(' ')[1]), headers: head, body: asObject(parseJson(body)) ?? {} };
};
const longHeader = `x-long: ${'a'.repeat(20_000)}\r\n\r\n`;

it.each([
  ['OpenAI', 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n', { error: { type: 'invalid_request_error' } }],
  [
    'Anthropic',
    'POST /v1/messages HTTP/1.1\r\nhost: x\r\n',
    { type: 'error', error: { type: 'invalid_request_error' } },
  ],
  ['Gemini', 'POST /v1beta/models/m:generateContent HTTP/1.1\r\nhost: x\r\n', { error: { code: 431 } }],
])('headers that are too large get a 431 in the words of %s', async (_name, start, shape) => {
  const { status, body } = parts(await exchange(start + longHeader));
  expect(status).toBe(431);
  expect(body).toMatchObject(shape);
  expect(JSON.stringify(body)).toContain('larger than 16 KB');
});

it('what is not HTTP gets a 400 with the reason', async () => {
  const { status, body } = parts(await exchange('this is not http\r\n\r\n'));
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { message: expect.stringMatching(/not HTTP that can be read: .+/) } });
});

it('who speaks TLS is told to use http', async () => {
  const hello = Buffer.from('16030100050100000100', 'hex');
  const { status, body } = parts(await exchange(hello));
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: { message: expect.stringContaining('speaks http, not https') } });
});

it('a body that breaks before anything was answered gets a 400', async () => {
  const broken = 'POST /v1/messages HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nnot a chunk\r\n';
  const { status, body } = parts(await exchange(broken));
  expect(status).toBe(400);
  expect(body).toMatchObject({ type: 'error', error: { message: expect.stringContaining('chunk') } });
});

it('so does a broken request behind an answered one on the same connection', async () => {
  const raw = await exchange('GET / HTTP/1.1\r\nhost: x\r\n\r\n', 'nonsense\r\n\r\n');
  expect(raw).toMatch(/^HTTP\/1\.1 200 /);
  expect(raw.slice(raw.indexOf('fine') + 4)).toMatch(/^HTTP\/1\.1 400 /);
});

it('nor into one that has begun while a later request on the same connection breaks', async () => {
  const raw = await exchange(
    'GET /begun HTTP/1.1\r\nhost: x\r\n\r\nPOST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
    'not a chunk\r\n',
  );
  expect(raw).toMatch(/\r\n\r\nhalf$/);
});

it('nothing is written into an answer that has begun', async () => {
  const raw = await exchange('GET /begun HTTP/1.1\r\nhost: x\r\n\r\n', 'nonsense\r\n\r\n');
  expect(raw).toMatch(/\r\n\r\nhalf$/);
});
