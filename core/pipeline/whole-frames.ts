/**
 * Lets the bytes of a stream through in whole frames only. What a frame means is known when it is complete: an error can
 * then still be rid of the key it repeats, and when the upstream dies inside a frame, the error that ends the client's
 * stream does not become part of that frame. A client can do nothing with half a frame, so nothing comes later for it.
 */
import type { FramingId } from '../base/framing.ts';

export interface WholeFrames {
  /** The bytes up to the last complete frame; empty when there is none. The same buffer when it ends with one. */
  push(chunk: Buffer): Buffer;
  /** What is left after the last chunk. */
  rest(): Buffer;
}

const NOTHING = Buffer.alloc(0);
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A blank line may lie across two chunks: so many bytes are looked at again. */
const OVERLAP = 3;

/** A gate for one stream in the given framing. */
export function wholeFrames(framing: FramingId): WholeFrames {
  const endOf = framing === 'sse' ? endOfBlankLine : (bytes: Buffer) => bytes.lastIndexOf(LINE_FEED) + 1;
  let held: Buffer[] = [];
  /** The last bytes of what is held. */
  let tail: Buffer = NOTHING;
  const release = (): Buffer => {
    const [only] = held;
    const bytes = held.length === 1 && only !== undefined ? only : Buffer.concat(held);
    held = [];
    tail = NOTHING;
    return bytes;
  };
  const hold = (bytes: Buffer): void => {
    held.push(bytes);
    tail = (bytes.length < OVERLAP ? Buffer.concat([tail, bytes]) : bytes).subarray(-OVERLAP);
  };
  return {
    push(chunk) {
      const end = endOf(tail.length === 0 ? chunk : Buffer.concat([tail, chunk])) - tail.length;
      if (end === chunk.length && held.length === 0) return chunk;
      if (end <= 0) {
        hold(chunk);
        return NOTHING;
      }
      held.push(end === chunk.length ? chunk : chunk.subarray(0, end));
      const whole = release();
      if (end < chunk.length) hold(chunk.subarray(end));
      return whole;
    },
    rest: release,
  };
}

/** Where the last blank line ends, with either kind of line end; 0 when there is none. */
function endOfBlankLine(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(LINE_FEED); at > 0; at = bytes.lastIndexOf(LINE_FEED, at - 1)) {
    const before = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
    if (bytes[before] === LINE_FEED) return at + 1;
  }
  return 0;
}
