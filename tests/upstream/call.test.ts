import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Cancellation } from '../../core/base/cancellation.ts';
import { readAll, sendCall, type UpstreamAddress, type UpstreamAnswer } from '../../core/upstream/call.ts';

const servers: Server[] = [];
const agent = new Agent({ connect: { timeout: 500 } });

async function serve(listener: RequestListener): Promise<UpstreamAddress> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path: '/x' };
}
function call(address: UpstreamAddress, cancellation = new Cancellation(), timeoutMs = 5_000): Promise<UpstreamAnswer> {
  return sendCall(agent, {
    address,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    cancellation,
    headersTimeoutMs: timeoutMs,
    idleTimeoutMs: timeoutMs,
  });
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => agent.destroy());

describe('sendCall', () => {
  it('gives status, headers and body', async () => {
    const url = await serve((_request, response) => response.writeHead(201, { 'x-a': 'b' }).end('hello'));
    const answer = await call(url);
    expect(answer.status).toBe(201);
    expect(answer.headers['x-a']).toBe('b');
    expect((await readAll(answer.body, 100)).toString()).toBe('hello');
  });

  it('does not follow redirects', async () => {
    let hits = 0;
    const url = await serve((_request, response) => {
      hits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await call(url)).status).toBe(302);
    expect(hits).toBe(1);
  });

  it('says when nobody listens', async () => {
    const url = await serve((_request, response) => response.end());
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    await expect(call(url)).rejects.toMatchObject({ code: 'upstream_unreachable', blame: 'provider' });
  });

  it('stops waiting for headers, and between chunks', async () => {
    const silent = await serve(() => undefined);
    await expect(call(silent, undefined, 200)).rejects.toMatchObject({ code: 'upstream_timeout' });
    const stalling = await serve((_request, response) => response.write('x'));
    const answer = await call(stalling, undefined, 200);
    await expect(readAll(answer.body, 100)).rejects.toMatchObject({ code: 'upstream_timeout' });
  }, 15_000);

  it('reports an answer that breaks off', async () => {
    const url = await serve((_request, response) => {
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const answer = await call(url);
    await expect(readAll(answer.body, 100)).rejects.toMatchObject({ code: 'upstream_stream_cut' });
  });

  it('refuses an answer beyond its bound', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(1_000)));
    await expect(readAll((await call(url)).body, 100)).rejects.toMatchObject({ code: 'upstream_bad_response' });
  });

  it.each(['before the headers', 'in mid-body', 'by the reader leaving'] as const)(
    'closes the upstream within a second: %s',
    async (when) => {
      const closed = Promise.withResolvers<number>();
      const begun = Promise.withResolvers<void>();
      let abortedAtMs = 0;
      const url = await serve((request, response) => {
        request.resume();
        response.on('close', () => closed.resolve(Date.now() - abortedAtMs));
        if (when !== 'before the headers') response.write('x');
        begun.resolve();
      });
      const cancellation = new Cancellation();
      const calling = call(url, cancellation);
      await begun.promise;
      if (when === 'before the headers') {
        abortedAtMs = Date.now();
        cancellation.cancel();
        await expect(calling).rejects.toMatchObject({ code: 'client_closed' });
      } else {
        const answer = await calling;
        abortedAtMs = Date.now();
        if (when === 'in mid-body') {
          cancellation.cancel();
          await expect(readAll(answer.body, 100)).rejects.toMatchObject({ code: 'client_closed' });
        } else {
          for await (const _chunk of answer.body) break;
        }
      }
      expect(await closed.promise).toBeLessThan(1_000);
    },
  );

  it('holds back a fast upstream for a slow reader, and loses nothing', async () => {
    const size = 8 * 1024 * 1024;
    let written = 0;
    const url = await serve((_request, response) => {
      const more = (): void => {
        while (written < size) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536, 1))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const answer = await call(url);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(written).toBeLessThan(size);
    expect((await readAll(answer.body, size + 1)).length).toBe(size);
  });
});
