/**
 * Writes an async iterator as server-sent events, in the frames oRPC's clients read: `message` with JSON data for each
 * value, `done` at the end, `error` when it failed (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 */
import type { ServerResponse } from 'node:http';
import { drained } from '../base/drained.ts';

export const HEARTBEAT_MS = 15_000;
/** A client that takes nothing for so long is given up. */
const STALLED_MS = 60_000;

export type EventValues = AsyncIterator<unknown, unknown, void>;

/** Is this body to be streamed? */
export function isEventValues(body: unknown): body is EventValues {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'next' in body;
}

/**
 * Streams until the values end or the client goes, which ends the values too. A comment is sent now and then, so that a
 * client that has gone is noticed and nothing in between closes a quiet connection.
 */
export async function writeEventStream(
  response: ServerResponse,
  values: EventValues,
  {
    headers = {},
    heartbeatMs = HEARTBEAT_MS,
  }: { headers?: Record<string, string | string[]>; heartbeatMs?: number } = {},
): Promise<void> {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-accel-buffering': 'no',
  });
  response.write(':\n\n');
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs).unref();
  const stop = (): void => void values.return?.();
  response.on('close', stop);
  if (response.destroyed) stop();
  const send = async (event: string, data: unknown): Promise<void> => {
    const text = data === undefined ? '' : `data: ${JSON.stringify(data)}\n`;
    if (!response.write(`event: ${event}\n${text}\n`)) await drained(response, STALLED_MS);
  };
  try {
    for (;;) {
      const { done, value } = await values.next();
      if (response.destroyed) break;
      await send(done ? 'done' : 'message', value);
      if (done) break;
    }
  } catch (thrown) {
    if (!response.destroyed)
      await send('error', { message: thrown instanceof Error ? thrown.message : String(thrown) });
  } finally {
    clearInterval(heartbeat);
    response.off('close', stop);
    stop();
    response.end();
  }
}
