/** Reads server-sent events as a browser's EventSource does, with headers, over eventsource-parser. */
import { createParser } from 'eventsource-parser';
import { asObject, type JsonObject, parseJson } from '../../core/base/json.ts';

export interface EventReader {
  readonly status: number;
  readonly headers: Headers;
  /** Comments so far. */
  readonly comments: readonly string[];
  /** The next event whose data matches; those before it are dropped. Rejects when none came within `limitMs`. */
  until(matches: (data: JsonObject) => boolean, limitMs?: number): Promise<JsonObject>;
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const controller = new AbortController();
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  });
  const comments: string[] = [];
  const queue: JsonObject[] = [];
  let wake: (() => void) | undefined;
  const parser = createParser({
    onEvent: ({ data }) => {
      queue.push(asObject(parseJson(data)) ?? {});
      wake?.();
    },
    onComment: (comment) => void comments.push(comment),
  });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  };
  const ended = read().catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  return {
    status: response.status,
    headers: response.headers,
    comments,
    ended,
    async until(matches, limitMs = 10_000) {
      const untilMs = performance.now() + limitMs;
      for (;;) {
        for (let data = queue.shift(); data !== undefined; data = queue.shift()) if (matches(data)) return data;
        const leftMs = untilMs - performance.now();
        if (leftMs <= 0) throw new Error('No such event came in time.');
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    close: () => controller.abort(),
  };
}
