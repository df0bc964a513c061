/** The limits of the accounts' small calls, over real sockets: they also count while no connection stands yet. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpSend } from '../../core/accounts/http.ts';
import { createDispatchers } from '../../core/upstream/dispatchers.ts';

/** Accepts connections and says nothing: neither a TLS handshake nor a tunnel ever comes about. */
const sockets = new Set<Socket>();
const mute: Server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
const dispatchers = createDispatchers();
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  port = (mute.address() as AddressInfo).port;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  mute.close();
  await dispatchers.destroy();
});

describe.each([
  ['directly', (): Dispatcher => dispatchers.direct, (): string => `https://127.0.0.1:${port}/`],
  [
    'through a proxy',
    (): Dispatcher => dispatchers.through({ type: 'http', host: '127.0.0.1', port }),
    (): string => 'http://127.0.0.1:9/',
  ],
] as const)('%s', (_way, dispatcherFor, url) => {
  const request = () => ({ method: 'GET', url: url(), headers: {} }) as const;

  it('the time limit covers the building of the connection', async () => {
    const send = createHttpSend({ dispatcherFor, timeoutMs: 300 });
    const startedMs = performance.now();
    await expect(send(request(), new AbortController().signal)).rejects.toMatchObject({ code: 'upstream_timeout' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  }, 70_000);

  it('a call that is given up meanwhile ends at once', async () => {
    const send = createHttpSend({ dispatcherFor, timeoutMs: 60_000 });
    const startedMs = performance.now();
    await expect(send(request(), AbortSignal.timeout(200))).rejects.toMatchObject({ code: 'client_closed' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  }, 70_000);
});
