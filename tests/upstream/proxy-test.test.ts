/** The time limit of trying a proxy also counts while the proxy builds no tunnel. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testProxy } from '../../core/upstream/proxy-test.ts';

const sockets = new Set<Socket>();
const mute = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  port = (mute.address() as AddressInfo).port;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  mute.close();
});

it.each(['http', 'socks5'] as const)(
  'a mute %s proxy is given up in time',
  async (type) => {
    const startedMs = performance.now();
    const result = await testProxy({ type, host: '127.0.0.1', port }, 'http://127.0.0.1:9/', 1_000);
    expect(result).toEqual({ success: false, error: 'There was no answer within 1 seconds.' });
    expect(performance.now() - startedMs).toBeLessThan(6_000);
  },
  45_000,
);
