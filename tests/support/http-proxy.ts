/** An HTTP proxy on a real socket: CONNECT with Basic authentication (RFC 9110, 9.3.6 and 11.7). */
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface TestProxy {
  readonly port: number;
  /** Targets of the tunnels that were built: `127.0.0.1:8080`. */
  readonly tunnels: string[];
  readonly refused: () => number;
  close(): Promise<void>;
}

export async function startHttpProxy(user: string, password: string): Promise<TestProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  let refused = 0;
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    if (request.headers['proxy-authorization'] !== wanted) {
      refused += 1;
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n',
      );
      return;
    }
    const authority = request.url ?? '';
    const [, host = '', port = '80'] = /^(.*):(\d+)$/.exec(authority) ?? [];
    const target = connect(Number(port), host.replace(/^\[|\]$/g, ''), () => {
      tunnels.push(authority);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'));
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    tunnels,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
