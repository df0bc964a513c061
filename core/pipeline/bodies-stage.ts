/** Looks at the bodies on their way, where they are kept: the request's as it came, the answer's as the client got it. */
import { toOmniError } from '../base/errors.ts';
import type { BodyKeeper, SeenBody } from '../policy/body-keeper.ts';
import type { Exchange, Reply, Stage } from './exchange.ts';

export function bodiesStage(keeper: BodyKeeper): Stage {
  return async (exchange, next) => {
    const sightBytes = exchange.caller.noLog === true ? undefined : keeper.sightBytes();
    if (sightBytes === undefined) return next();
    const request = seen(exchange.scan.pieces(), sightBytes);
    const keep = (response: SeenBody): void =>
      keeper.keep({ requestId: exchange.id, request, response, keys: keysOf(exchange) });
    try {
      return watched(await next(), sightBytes, keep);
    } catch (thrown) {
      keep(seen([JSON.stringify(exchange.codec.encodeError(toOmniError(thrown)).body)], sightBytes));
      throw thrown;
    }
  };
}

function watched(reply: Reply, sightBytes: number, keep: (response: SeenBody) => void): Reply {
  const { body } = reply;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    keep(seen([body], sightBytes));
    return reply;
  }
  return { ...reply, body: listened(body, sightBytes, keep) };
}

/** Also of a stream that the client leaves, or that breaks off. */
async function* listened(
  body: AsyncIterable<Buffer | string>,
  sightBytes: number,
  keep: (response: SeenBody) => void,
): AsyncGenerator<Buffer | string> {
  const chunks: Buffer[] = [];
  let [heldBytes, totalBytes] = [0, 0];
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      totalBytes += bytes.length;
      if (heldBytes < sightBytes) {
        chunks.push(bytes);
        heldBytes += bytes.length;
      }
      yield chunk;
    }
  } finally {
    keep({ bytes: Buffer.concat(chunks).subarray(0, sightBytes), totalBytes });
  }
}

/** The beginning of the pieces, copied: what they stand in may be large. */
function seen(pieces: readonly (Buffer | string)[], sightBytes: number): SeenBody {
  const buffers = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  const totalBytes = buffers.reduce((sum, { length }) => sum + length, 0);
  return { bytes: Buffer.concat(buffers, Math.min(totalBytes, sightBytes)), totalBytes };
}

function keysOf({ snapshot }: Exchange) {
  return [...snapshot.accountsByProvider.values()].flat().flatMap(({ key }) => key ?? []);
}
