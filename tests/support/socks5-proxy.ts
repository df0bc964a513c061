/** A SOCKS5 proxy on a real socket: CONNECT (RFC 1928) with user name and password (RFC 1929). */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestProxy } from './http-proxy.ts';

const VERSION = 5;
const BY_PASSWORD = 2;
const NONE_ACCEPTABLE = 0xff;
const [SUCCEEDED, REFUSED] = [0, 5];
const [NAME, IPV6] = [3, 4];

export async function startSocks5Proxy(user: string, password: string): Promise<TestProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  let refused = 0;
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    void serve(client).catch(() => client.destroy());
  });
  const serve = async (client: Socket): Promise<void> => {
    const read = reader(client);
    const [, count = 0] = await read(2);
    const methods = await read(count);
    if (!methods.includes(BY_PASSWORD)) {
      refused += 1;
      client.end(Buffer.from([VERSION, NONE_ACCEPTABLE]));
      return;
    }
    client.write(Buffer.from([VERSION, BY_PASSWORD]));
    const [, nameLength = 0] = await read(2);
    const name = (await read(nameLength)).toString();
    const [secretLength = 0] = await read(1);
    const secret = (await read(secretLength)).toString();
    if (name !== user || secret !== password) {
      refused += 1;
      client.end(Buffer.from([1, 1]));
      return;
    }
    client.write(Buffer.from([1, 0]));
    const [, , , type = 1] = await read(4);
    const host =
      type === NAME
        ? (await read((await read(1))[0] ?? 0)).toString()
        : addressText(await read(type === IPV6 ? 16 : 4));
    const port = (await read(2)).readUInt16BE();
    const target = connect(port, host, () => {
      tunnels.push(`${host.includes(':') ? `[${host}]` : host}:${port}`);
      client.write(Buffer.from([VERSION, SUCCEEDED, 0, 1, 127, 0, 0, 1, 0, 0]));
      client.removeAllListeners('data');
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => client.end(Buffer.from([VERSION, REFUSED, 0, 1, 0, 0, 0, 0, 0, 0])));
    client.on('close', () => target.destroy());
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    tunnels,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return groups.join(':').replace(/^(?:0:)+/, '::');
}

/** Gives so many bytes of the socket, as they come. */
function reader(socket: Socket): (length: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    wake?.();
  });
  return async (length) => {
    while (held.length < length)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
}
