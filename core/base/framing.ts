/**
 * How events travel as bytes. A `Frame` is one event without its envelope; a `Framing` puts a stream of frames on the
 * wire, and `readFrames` takes bytes apart again, however the network cut them (inside a line, inside a character).
 */
import { createParser } from 'eventsource-parser';
import { readAwsEventStream } from './aws-event-stream.ts';
import { OmniError } from './errors.ts';

/** One event of a stream: SSE's `event:` name where the protocol uses it, and its data, nearly always JSON text. */
export interface Frame {
  readonly event?: string;
  readonly data: string;
}

export type FramingId = 'sse' | 'ndjson' | 'json-array';
/** Those, and the ones that only upstreams use. */
export type WireFramingId = FramingId | 'aws-event-stream';

export interface Framing {
  readonly id: FramingId;
  readonly contentType: string;
  /** Bytes before the first frame, between two frames, and after the last one. */
  readonly open: string;
  readonly close: string;
  write(frame: Frame, first: boolean): string;
}

export const FRAMINGS: Readonly<Record<FramingId, Framing>> = {
  sse: {
    id: 'sse',
    contentType: 'text/event-stream; charset=utf-8',
    open: '',
    close: '',
    write: ({ event, data }) => (event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`),
  },
  ndjson: {
    id: 'ndjson',
    contentType: 'application/x-ndjson',
    open: '',
    close: '',
    write: ({ data }) => `${data}\n`,
  },
  'json-array': {
    id: 'json-array',
    contentType: 'application/json; charset=utf-8',
    open: '[',
    close: ']',
    write: ({ data }, first) => (first ? data : `,\r\n${data}`),
  },
};

export interface FrameReader {
  /** Feeds bytes as they came; returns the frames they completed. */
  push(bytes: Uint8Array): Frame[];
  /** The stream is over: the last frame counts even without its trailing newline. */
  end(): Frame[];
}

/** Longest frame accepted, in characters: an image in one frame passes, a runaway upstream does not. */
const FRAME_LIMIT = 64 * 1024 * 1024;

/** A reader for one stream in the given framing. Throws `upstream_bad_response` for a frame that is damaged or passes 64 Mi characters. */
export function readFrames(framing: WireFramingId): FrameReader {
  if (framing === 'sse') return readSse();
  if (framing === 'aws-event-stream') return readAwsEventStream();
  return framing === 'ndjson' ? readLines() : readJsonArray();
}

function readSse(): FrameReader {
  const decoder = new TextDecoder();
  let out: Frame[] = [];
  const parser = createParser({
    maxBufferSize: FRAME_LIMIT,
    onEvent: ({ event, data }) => out.push(event === undefined ? { data } : { event, data }),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded')
        throw new OmniError('upstream_bad_response', 'An event of the upstream stream is too long.');
    },
  });
  const take = (text: string): Frame[] => {
    out = [];
    parser.feed(text);
    return out;
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(`${decoder.decode()}\n\n`),
  };
}

function readLines(): FrameReader {
  const decoder = new TextDecoder();
  let rest = '';
  const take = (text: string): Frame[] => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > FRAME_LIMIT)
      throw new OmniError('upstream_bad_response', 'A line of the upstream stream is too long.');
    return lines.filter((line) => line.trim() !== '').map((data) => ({ data: data.trim() }));
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(`${decoder.decode()}\n`),
  };
}

/** Gemini without `alt=sse`: one JSON array whose elements arrive one by one. Elements are cut at depth one. */
function readJsonArray(): FrameReader {
  const decoder = new TextDecoder();
  let element = '';
  let depth = 0;
  let inString = false;
  let escaped = false;
  const take = (text: string): Frame[] => {
    const out: Frame[] = [];
    for (const character of text) {
      if (depth >= 2 || (depth === 1 && character === '{')) element += character;
      if (inString) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
        continue;
      }
      if (character === '"') inString = true;
      else if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') {
        depth -= 1;
        if (depth === 1 && element !== '') {
          out.push({ data: element });
          element = '';
        }
      }
    }
    if (element.length > FRAME_LIMIT)
      throw new OmniError('upstream_bad_response', 'An element of the upstream stream is too long.');
    return out;
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(decoder.decode()),
  };
}
