/** Reads the body of a management call: small JSON, never packed, never anything else. */
import type { IncomingMessage } from 'node:http';
import { OmniError } from '../base/errors.ts';
import { isObject, type JsonObject, parseJson } from '../base/json.ts';

const LIMIT_BYTES = 1_048_576;

/** The body, or undefined when there is none. Throws `payload_too_large`, `unsupported_media_type`, `invalid_json` or `invalid_request`. */
export async function readJson(request: IncomingMessage): Promise<JsonObject | undefined> {
  if (request.headers['content-encoding'] !== undefined) {
    throw new OmniError('unsupported_media_type', 'Send the body unpacked, without Content-Encoding.');
  }
  const bytes = await collect(request);
  if (bytes.length === 0) return undefined;
  const value = parseJson(bytes.toString('utf8'));
  if (value === undefined) throw new OmniError('invalid_json', 'The body is not valid JSON.');
  if (!isObject(value)) throw new OmniError('invalid_request', 'The body must be a JSON object.');
  return value;
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > LIMIT_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LIMIT_BYTES) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new OmniError('client_closed', 'The client closed the connection.', { cause });
  }
  if (size > LIMIT_BYTES) throw tooLarge();
  return Buffer.concat(chunks, size);
}

function tooLarge(): OmniError {
  return new OmniError('payload_too_large', 'The body is larger than 1 MB.');
}
