import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { createListener, type Surface } from '../../core/gateway/listener.ts';

const ADDRESS = { host: '127.0.0.1', port: 0 };

/** Sends a request to a listener of the surface, and drains it with the request under way. */
async function drainDuring(surface: Surface, graceMs: number): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const listener = createListener(
    [
      (request, response) => {
        begun.resolve();
        return surface(request, response);
      },
    ],
    silentLog,
  );
  const { port } = await listener.listen(ADDRESS);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  await begun.promise;
  await listener.drain(graceMs);
  socket.destroy();
}

describe('draining', () => {
  it('waits until a request whose connection it closed is done with', async () => {
    const steps: string[] = [];
    await drainDuring(async (_request, response) => {
      await once(response, 'close');
      steps.push('closed');
      await new Promise((resolve) => setTimeout(resolve, 100));
      steps.push('recorded');
      return true;
    }, 10);
    expect(steps).toEqual(['closed', 'recorded']);
  });

  it('lets an open request end within the time of grace', async () => {
    const steps: string[] = [];
    await drainDuring(async (_request, response) => {
      response.on('finish', () => steps.push('finished'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      response.end('done');
      return true;
    }, 5_000);
    expect(steps).toEqual(['finished']);
  });

  it('ends at once when nothing is open', async () => {
    const listener = createListener([], silentLog);
    await listener.listen(ADDRESS);
    const startedMs = performance.now();
    await listener.drain(5_000);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
