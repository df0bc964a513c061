/** Puts a reply on the wire, at the pace of the client. */
import type { ServerResponse } from 'node:http';
import { drained } from '../base/drained.ts';
import type { OmniError } from '../base/errors.ts';
import { FORMATS } from '../formats/index.ts';
import type { FormatId } from '../model/format-id.ts';
import type { ClientCodec, Reply } from '../pipeline/exchange.ts';

const ONE_PIECE_BYTES = 16 * 1024;
/** A client that takes nothing for so long is given up: it would hold the upstream's connection for ever. */
const STALLED_CLIENT_MS = 300_000;

/** Writes all of it. Ends quietly when the client has gone, or takes nothing for `stalledMs`. */
export async function writeReply(response: ServerResponse, reply: Reply, stalledMs = STALLED_CLIENT_MS): Promise<void> {
  const { status, headers, body } = reply;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    // A short text leaves in one piece with its headers; latin1 keeps the bytes as they are.
    if (Buffer.isBuffer(body) && body.length < ONE_PIECE_BYTES) response.end(body.toString('latin1'), 'latin1');
    else response.end(body);
    return;
  }
  response.writeHead(status, headers);
  for await (const chunk of body) {
    if (response.destroyed) break;
    if (!response.write(chunk)) await drained(response, stalledMs);
  }
  response.end();
}

/** An error in the caller's protocol, with Retry-After in whole seconds where a wait is known. */
export function errorReply(error: OmniError, codec: FormatId | Pick<ClientCodec, 'encodeError'>): Reply {
  const { status, body } = (typeof codec === 'string' ? FORMATS[codec] : codec).encodeError(error);
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (error.retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  return { status, headers, body: JSON.stringify(body) };
}
