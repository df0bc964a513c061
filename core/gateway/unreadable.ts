/**
 * What never becomes a request: bytes that are not HTTP, headers without end, a request that stops half-way. Node by itself
 * sends a status line without a body; clients show the body, so it says what was wrong, in the protocol of the path if that
 * can be told. (https://nodejs.org/api/http.html#event-clienterror)
 */
import { type IncomingMessage, maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { OmniError } from '../base/errors.ts';
import { errorFormat } from './routes.ts';
import { errorReply } from './write-reply.ts';

/** What Node tells: its parser's code and reason, and the bytes that it stopped in. */
interface ClientError extends NodeJS.ErrnoException {
  readonly reason?: string;
  readonly rawPacket?: Buffer;
}

/** The first bytes of a TLS handshake: its type and the protocol's major version (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = '\u0016\u0003';
const REQUEST_LINE = /^[A-Z]+ (\/[^\s?]*)/;

/** Answers what the server's parser refuses, and closes the connection. */
export function answerUnreadable(server: Server): void {
  /** The answers under way on each connection: behind the first byte of one nothing of ours may be written. */
  const answers = new WeakMap<object, readonly ServerResponse[]>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const others = answers.get(socket)?.filter((other) => !other.writableFinished) ?? [];
    answers.set(socket, [...others, response]);
  });
  server.on('clientError', (cause: ClientError, socket: Socket) => {
    const isAnswering = answers.get(socket)?.some((answer) => answer.headersSent && !answer.writableFinished) === true;
    if (cause.code === 'ECONNRESET' || !socket.writable || isAnswering) {
      socket.destroy(cause);
      return;
    }
    socket.end(rawReply(cause), () => socket.destroy());
  });
}

function rawReply(cause: ClientError): string {
  const packet = cause.rawPacket?.toString('latin1') ?? '';
  const path = REQUEST_LINE.exec(packet)?.[1] ?? '/';
  const { status, headers, body } = errorReply(errorOf(cause, packet), errorFormat(path, {}));
  const text = String(body);
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(text)), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${head}\r\n${text}`;
}

function errorOf(cause: ClientError, packet: string): OmniError {
  if (cause.code === 'HPE_HEADER_OVERFLOW')
    return new OmniError(
      'payload_too_large',
      `The request's address and headers are larger than ${maxHeaderSize / 1_024} KB. Send fewer or shorter ones.`,
      { status: 431, cause },
    );
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new OmniError('invalid_request', 'The request did not arrive whole in time. Send it again.', {
      status: 408,
      cause,
    });
  if (packet.startsWith(TLS_HANDSHAKE))
    return new OmniError('invalid_request', 'This address speaks http, not https. Use http:// in the base URL.', {
      cause,
    });
  const why = cause.reason ?? cause.message;
  return new OmniError('invalid_request', `The request is not HTTP that can be read: ${why}.`, { cause });
}
