/**
 * What the gateway is measured against: the least that can stand between a client and an upstream in Node, a bare
 * `node:http` server and undici's client, looking at nothing. `node pass-through.ts <upstream origin>`; prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const [origin = ''] = process.argv.slice(2);
const pool = new Pool(origin, { connections: null, pipelining: 1 });

const server = createServer((request, response) => {
  const { 'content-type': type = 'application/json', 'content-length': length } = request.headers;
  pool
    .request({
      method: 'POST',
      path: request.url ?? '/',
      headers: { 'content-type': type, ...(length === undefined ? {} : { 'content-length': length }) },
      body: request,
    })
    .then(
      ({ statusCode, headers, body }) => {
        response.writeHead(statusCode, headers);
        body.pipe(response);
      },
      () => response.writeHead(502).end(),
    );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
