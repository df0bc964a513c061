/** Ways through network proxies over real sockets: whose fault a failure was, IPv6, and the end of what is set no more. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cancellation } from '../../core/base/cancellation.ts';
import { OmniError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import { readAll, sendCall, type UpstreamAnswer } from '../../core/upstream/call.ts';
import { createDispatchers, type Dispatchers } from '../../core/upstream/dispatchers.ts';
import type { ProxyAddress } from '../../core/upstream/proxy-address.ts';
import { startHttpProxy, type TestProxy } from '../support/http-proxy.ts';
import { SELF_SIGNED } from '../support/self-signed.ts';
import { startSocks5Proxy } from '../support/socks5-proxy.ts';

const [username, password] = ['me', 'a proxy password'];
const closing: (() => unknown)[] = [];
let dispatchers: Dispatchers;
beforeEach(() => {
  dispatchers = createDispatchers();
});
afterEach(async () => {
  await dispatchers.destroy();
  for (const close of closing.splice(0)) await close();
});

async function listen(server: TcpServer, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers "one" at once and "two" when it is told to. */
function slowServer(): { server: Server; finish: () => void } {
  let finish = (): void => undefined;
  const server = createServer((_request, response) => {
    response.write('one');
    finish = () => void response.end('two');
  });
  return { server, finish: () => finish() };
}

function call(proxy: ProxyAddress, origin: string): Promise<UpstreamAnswer> {
  return sendCall(dispatchers.through(proxy), {
    address: { origin, path: '/' },
    method: 'GET',
    headers: {},
    cancellation: new Cancellation(),
    connectTimeoutMs: 20_000,
    headersTimeoutMs: 20_000,
    idleTimeoutMs: 20_000,
  });
}

async function failure(proxy: ProxyAddress, origin: string): Promise<OmniError> {
  const thrown = await call(proxy, origin).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof OmniError) return thrown;
  throw new Error(`No OmniError but ${String(thrown)}`);
}

describe.each([
  ['http', startHttpProxy],
  ['socks5', startSocks5Proxy],
] as const)('through %s', (type, start) => {
  let proxy: TestProxy;
  let address: ProxyAddress;
  beforeEach(async () => {
    proxy = await start(username, password);
    closing.push(() => proxy.close());
    address = { type, host: '127.0.0.1', port: proxy.port, username, password: new Secret(password) };
  });

  it('a refused password is the proxy’s, and is said to be', async () => {
    const error = await failure({ ...address, password: new Secret('wrong') }, 'http://127.0.0.1:9');
    expect(error).toMatchObject({ code: 'proxy_failed', blame: 'gateway' });
    expect(error.message).toMatch(/127\.0\.0\.1:\d+ refused the user name or password/);
  });

  it('a proxy that asks for a password gets none', async () => {
    const { username: _name, password: _secret, ...open } = address;
    expect(await failure(open, 'http://127.0.0.1:9')).toMatchObject({ code: 'proxy_failed' });
  });

  it('a proxy that is down', async () => {
    await proxy.close();
    const error = await failure(address, 'http://127.0.0.1:9');
    expect(error.code).toBe('proxy_failed');
    expect(error.message).toContain('cannot be used (ECONNREFUSED)');
  });

  it('a proxy that closes while the tunnel is built', async () => {
    const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.end())));
    expect(await failure({ ...address, port }, 'http://127.0.0.1:9')).toMatchObject({ code: 'proxy_failed' });
  });

  it('a target that refuses connections is the provider’s fault', async () => {
    const error = await failure(address, 'http://127.0.0.1:9');
    expect(error).toMatchObject({ code: 'upstream_unreachable', blame: 'provider' });
    expect(error.message).toContain('127.0.0.1 cannot be reached through the network proxy');
  });

  it('a certificate of the target’s is not the proxy’s fault', async () => {
    const port = await listen(createTlsServer(SELF_SIGNED, (_request, response) => response.end('never')));
    const error = await failure(address, `https://127.0.0.1:${port}`);
    expect(error).toMatchObject({ code: 'upstream_unreachable', blame: 'provider' });
    expect(error.message).toMatch(/TLS certificate or protocol is not accepted \(\w+\)/);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${port}`]);
  });

  it('reaches IPv6', async () => {
    const port = await listen(
      createServer((_request, response) => response.end('six')),
      '::1',
    );
    const { body } = await call(address, `http://[::1]:${port}`);
    expect(String(await readAll(body, 100))).toBe('six');
    expect(proxy.tunnels).toEqual([`[::1]:${port}`]);
  });

  it('leaves names to the proxy', async () => {
    const port = await listen(
      createServer((_request, response) => response.end('named')),
      'localhost',
    );
    const { body } = await call(address, `http://localhost:${port}`);
    expect(String(await readAll(body, 100))).toBe('named');
    expect(proxy.tunnels).toEqual([`localhost:${port}`]);
  });

  it('a request under way ends when its proxy is set no more, and its connection with it', async () => {
    const { server, finish } = slowServer();
    const port = await listen(server);
    const { body } = await call(address, `http://127.0.0.1:${port}`);
    dispatchers.keepOnly([]);
    setTimeout(finish, 50);
    expect(String(await readAll(body, 100))).toBe('onetwo');
    await expect.poll(() => connections(server)).toBe(0);
  });

  it('is cut when it takes longer than it may', async () => {
    await dispatchers.destroy();
    dispatchers = createDispatchers({ retireMs: 100 });
    const { server } = slowServer();
    const port = await listen(server);
    const { body } = await call(address, `http://127.0.0.1:${port}`);
    dispatchers.keepOnly([]);
    await expect(readAll(body, 100)).rejects.toMatchObject({ code: 'proxy_failed' });
    await expect.poll(() => connections(server)).toBe(0);
  });
});

it('a proxy’s own certificate is the proxy’s fault', async () => {
  const port = await listen(createTlsServer(SELF_SIGNED));
  const error = await failure({ type: 'https', host: '127.0.0.1', port }, 'http://127.0.0.1:9');
  expect(error.code).toBe('proxy_failed');
  expect(error.message).toMatch(/cannot be used \(TLS: \w+\)/);
});

it.each(['http', 'socks5'] as const)('a proxy of type %s without a port is asked at no other one', async (type) => {
  const error = await failure({ type, host: '127.0.0.1', port: 0 }, 'http://127.0.0.1:9');
  expect(error).toMatchObject({ code: 'proxy_failed', message: expect.stringContaining('it has no port') });
});

it('answers of a SOCKS5 proxy may come byte by byte', async () => {
  const web = await listen(createServer((_request, response) => response.end('in pieces')));
  const name = 'bound.example';
  const answers = [
    [5, 2],
    [1, 0],
    [5, 0, 0, 3, name.length, ...Buffer.from(name), 0, 80],
  ];
  const port = await listen(
    createTcpServer({ noDelay: true }, (client) => {
      const answer = async (): Promise<void> => {
        for (const byte of answers.shift() ?? []) {
          await sleep(5);
          client.write(Buffer.from([byte]));
        }
        if (answers.length > 0) return void client.once('data', answer);
        const target = connect(web, '127.0.0.1');
        target.pipe(client).pipe(target);
        closing.push(() => target.destroy());
      };
      client.once('data', answer);
    }),
  );
  const proxy = { type: 'socks5', host: '127.0.0.1', port, username, password: new Secret(password) } as const;
  const { body } = await call(proxy, 'http://somewhere.example');
  expect(String(await readAll(body, 100))).toBe('in pieces');
});

it('a proxy that answers with a page instead of a tunnel is asked once, not again and again', async () => {
  let asked = 0;
  const page = '<h1>Sign in</h1>';
  const port = await listen(
    createTcpServer((client) => {
      asked += 1;
      client.on('error', () => undefined);
      client.once('data', () => client.write(`HTTP/1.1 200 OK\r\ncontent-length: ${page.length}\r\n\r\n${page}`));
      closing.push(() => client.destroy());
    }),
  );
  const error = await failure({ type: 'http', host: '127.0.0.1', port }, 'http://somewhere.example');
  expect(error.code).toBe('proxy_failed');
  await sleep(200);
  expect(asked).toBe(1);
}, 30_000);

it('nothing about SOCKS5 is printed on stderr as experimental', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const proxy = await startSocks5Proxy(username, password);
  closing.push(
    () => proxy.close(),
    () => process.off('warning', note),
  );
  await failure({ type: 'socks5', host: '127.0.0.1', port: proxy.port }, 'http://127.0.0.1:9');
  expect(warnings.map(({ name }) => name)).not.toContain('ExperimentalWarning');
});

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}
