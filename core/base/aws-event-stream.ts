/**
 * Frames of AWS's binary event stream: length, headers, payload and two checksums each
 * (https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html). A frame becomes the event's type and its JSON
 * payload; exceptions and errors, which are frames too, become `exception:TYPE` and `error:CODE`.
 */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { OmniError } from './errors.ts';
import type { Frame, FrameReader } from './framing.ts';

const LENGTH_BYTES = 4;
/** Two lengths, two checksums. */
const LEAST_BYTES = 16;
/** The protocol's own limit of one message. */
const MOST_BYTES = 24 * 1024 * 1024;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** A reader for one stream. Throws `upstream_bad_response` for a frame with an impossible length or a wrong checksum. */
export function readAwsEventStream(): FrameReader {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      held = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes]);
      const frames: Frame[] = [];
      for (;;) {
        const length = lengthOf(held);
        if (length === undefined || held.length < length) return frames;
        frames.push(frameOf(held.subarray(0, length)));
        held = held.subarray(length);
      }
    },
    end() {
      if (held.length > 0) throw broken('it ends inside a frame');
      return [];
    },
  };
}

/** Of the next frame, in bytes; undefined until it is known. */
function lengthOf(bytes: Buffer): number | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const length = bytes.readUInt32BE();
  if (length < LEAST_BYTES || length > MOST_BYTES) throw broken(`it has a frame of ${length} bytes`);
  return length;
}

function frameOf(bytes: Buffer): Frame {
  try {
    const { headers, body } = codec.decode(bytes);
    const read = (name: string): string | undefined => {
      const header = headers[name];
      return header?.type === 'string' ? header.value : undefined;
    };
    const data = Buffer.from(body).toString('utf8');
    switch (read(':message-type')) {
      case 'exception':
        return { event: `exception:${read(':exception-type') ?? 'UnknownException'}`, data };
      case 'error': {
        const message = read(':error-message') ?? data;
        return { event: `error:${read(':error-code') ?? 'UnknownError'}`, data: JSON.stringify({ message }) };
      }
      default:
        return { event: read(':event-type') ?? '', data };
    }
  } catch (cause) {
    throw broken('a frame is damaged', cause);
  }
}

function broken(why: string, cause?: unknown): OmniError {
  return new OmniError('upstream_bad_response', `The provider's event stream cannot be read: ${why}.`, { cause });
}
