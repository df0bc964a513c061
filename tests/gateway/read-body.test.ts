/** A body that nobody sends any more is not waited for. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { readBody } from '../../core/gateway/read-body.ts';

it('a client that left before its body was asked for is noticed', async () => {
  const outcome = Promise.withResolvers<unknown>();
  const server = createServer((request) => {
    request.on('error', () => undefined);
    request.on('close', () => setImmediate(() => readBody(request, 1_000).then(outcome.resolve, outcome.resolve)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
    socket.end('POST /api/show HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"model"'),
  );
  const late = new Promise((resolve) => setTimeout(resolve, 3_000, 'nothing happened'));
  expect(await Promise.race([outcome.promise, late])).toMatchObject({ code: 'client_closed' });
  server.close();
});
