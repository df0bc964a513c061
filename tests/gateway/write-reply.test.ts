import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { writeReply } from '../../core/gateway/write-reply.ts';

/** A server that answers every request with `answer`, and a client of it that never reads. */
async function withStalledClient(answer: (response: ServerResponse) => void): Promise<() => void> {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).pause();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return () => {
    socket.destroy();
    server.close();
  };
}

describe('writing a reply', () => {
  it('gives a client up that takes nothing, and lets go of the answer', async () => {
    const released = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const endless = async function* () {
      try {
        for (;;) yield Buffer.alloc(1_048_576);
      } finally {
        released.resolve();
      }
    };
    const stop = await withStalledClient((response) => {
      writeReply(response, { status: 200, headers: {}, body: endless() }, 50).then(written.resolve, written.reject);
    });
    await expect(Promise.all([released.promise, written.promise])).resolves.toHaveLength(2);
    stop();
  });
});
