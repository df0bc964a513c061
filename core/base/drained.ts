import type { ServerResponse } from 'node:http';

/** Waits until the client takes more, or has gone. A client that takes nothing for `stalledMs` is given up. */
export function drained(response: ServerResponse, stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), stalledMs);
    const go = (): void => {
      clearTimeout(stalled);
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}
