/** Reads a request's body within its limit, unpacking the content encodings that clients use (Codex sends zstd). */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { OmniError } from '../base/errors.ts';

const MEGABYTE = 1_048_576;

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
  zstd: promisify<Buffer, { maxOutputLength: number }, Buffer>(zstdDecompress),
};

/** The body's bytes, in the pieces they came in. Throws `payload_too_large`, `unsupported_media_type`, `invalid_request` or `client_closed`. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<readonly Buffer[]> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) throw tooLarge(limitBytes);
  const raw = await collect(request, limitBytes);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return raw;
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
  if (unpack === undefined) {
    throw new OmniError(
      'unsupported_media_type',
      `The content encoding "${encoding}" is not supported. Use gzip, br, zstd or deflate.`,
    );
  }
  try {
    return [await unpack(Buffer.concat(raw), { maxOutputLength: limitBytes })];
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(limitBytes);
    throw new OmniError('invalid_request', `The body is not valid ${encoding}.`, { cause });
  }
}

function collect(request: IncomingMessage, limitBytes: number): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    // No event comes any more.
    if (request.destroyed) return reject(new OmniError('client_closed', 'The client closed the connection.'));
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      settle();
      request.resume();
      reject(tooLarge(limitBytes));
    };
    const onEnd = (): void => {
      settle();
      resolve(chunks);
    };
    const onGone = (cause?: Error): void => {
      settle();
      reject(new OmniError('client_closed', 'The client closed the connection.', { cause }));
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function tooLarge(limitBytes: number): OmniError {
  return new OmniError(
    'payload_too_large',
    `The request body is larger than the limit of ${limitBytes < MEGABYTE ? `${limitBytes} bytes` : `${Math.round(limitBytes / MEGABYTE)} MB`}.`,
  );
}
