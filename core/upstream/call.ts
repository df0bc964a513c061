/**
 * One HTTP call to an upstream over undici's dispatcher: the only provider traffic of the core besides `accounts/`.
 * It resolves when the answer's headers are there; the body is then read chunk by chunk with back-pressure. Redirects
 * are not followed. Every wait has a limit.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../base/cancellation.ts';
import { OmniError } from '../base/errors.ts';
import { isTlsFault, networkReason } from '../base/network-reason.ts';
import { proxyChanged } from './proxy-address.ts';

/** Where a call goes: `https://api.openai.com` and `/v1/chat/completions`, query included. */
export interface UpstreamAddress {
  readonly origin: string;
  readonly path: string;
}

export type CallBody = Buffer | string | readonly Buffer[];

export interface UpstreamCall {
  readonly address: UpstreamAddress;
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent one after the other. */
  readonly body?: CallBody;
  /** Ends the call, with its reason where it has one. */
  readonly cancellation: Cancellation;
  /** Told when a connection is there and the request goes out on it. */
  sent?(): void;
  /** Until a connection is there. */
  readonly connectTimeoutMs?: number;
  /** Until the answer's headers, then between two chunks of its body; 0: no limit here. */
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body; throws OmniError (`upstream_stream_cut`, `upstream_timeout`, `client_closed`) when it breaks off. */
  readonly body: AsyncIterable<Buffer>;
  /** Stops reading and closes the connection. Harmless after the end. */
  abort(): void;
}

/** Bytes held for a slow reader before the upstream is told to wait. */
const HIGH_WATER_BYTES = 256 * 1024;

/** Sends the call. Throws OmniError: `upstream_unreachable`, `upstream_timeout` or `client_closed`. */
export function sendCall(dispatcher: Dispatcher, call: UpstreamCall): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const { cancellation } = call;
    if (cancellation.isCancelled) return reject(cancellation.error);
    const flow = new BodyFlow();
    let controller: Dispatcher.DispatchController | undefined;
    let answered = false;
    /** Set before a connection was there: what is dispatched later all the same ends at once. */
    let givenUp: OmniError | undefined;
    const giveUp = (error: OmniError): void => {
      givenUp = error;
      if (controller === undefined) reject(error);
      else controller.abort(error);
    };
    const connecting = { timer: undefined as NodeJS.Timeout | undefined };
    const forget = cancellation.onCancel(() => giveUp(cancellation.error));
    const settle = (): void => {
      clearTimeout(connecting.timer);
      forget();
    };
    dispatcher.dispatch(
      {
        origin: call.address.origin,
        path: call.address.path,
        method: call.method,
        ...contentOf(call),
        headersTimeout: call.headersTimeoutMs,
        bodyTimeout: call.idleTimeoutMs,
      },
      {
        onRequestStart(started) {
          controller = started;
          flow.controller = started;
          clearTimeout(connecting.timer);
          if (givenUp === undefined) call.sent?.();
          else started.abort(givenUp);
        },
        onResponseStart(_controller, status, headers) {
          if (status < 200) return;
          answered = true;
          resolve({
            status,
            headers,
            body: flow,
            abort: () => controller?.abort(new OmniError('client_closed', 'Stopped.')),
          });
        },
        onResponseData(_controller, chunk) {
          flow.push(chunk);
        },
        onResponseEnd() {
          settle();
          flow.end();
        },
        onResponseError(_controller, error) {
          settle();
          const failure = callError(error, answered);
          if (answered) flow.fail(failure);
          else reject(failure);
        },
      },
    );
    // A connection that is open already has been taken by now, and nearly every one is.
    if (controller === undefined && call.connectTimeoutMs !== undefined)
      connecting.timer = setTimeout(() => {
        settle();
        giveUp(new OmniError('upstream_unreachable', 'The provider did not accept a connection in time.'));
      }, call.connectTimeoutMs);
  });
}

/** Bodies shorter than this are cheaper to copy into one piece than to send in several. */
const COPY_LIMIT_BYTES = 64 * 1024;

function contentOf({ headers, body }: UpstreamCall): {
  headers: Record<string, string>;
  body: Buffer | string | Readable | null;
} {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body))
    return { headers: { ...headers }, body: body ?? null };
  const size = body.reduce((sum, piece) => sum + piece.length, 0);
  if (size < COPY_LIMIT_BYTES) return { headers: { ...headers }, body: Buffer.concat(body, size) };
  return { headers: { ...headers, 'content-length': String(size) }, body: Readable.from(body, { objectMode: false }) };
}

function callError(error: Error, answered: boolean): OmniError {
  if (error instanceof OmniError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return proxyChanged(error);
  const details = { cause: error };
  if (/TIMEOUT/i.test(code)) {
    const text = answered ? 'The provider stopped sending.' : 'The provider did not answer in time.';
    return new OmniError('upstream_timeout', text, details);
  }
  if (answered)
    return new OmniError('upstream_stream_cut', 'The provider closed the connection in mid-answer.', details);
  const text = isTlsFault(error)
    ? `The provider's TLS certificate or protocol is not accepted (${code}). Check its address, and what stands between.`
    : `The provider cannot be reached (${networkReason(error)}).`;
  return new OmniError('upstream_unreachable', text, details);
}

/** The answer's body as it flows: a bounded queue between undici's callbacks and one reader. */
class BodyFlow implements AsyncIterable<Buffer> {
  controller: Dispatcher.DispatchController | undefined;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;
  #failure: OmniError | undefined;
  #wake: (() => void) | undefined;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > HIGH_WATER_BYTES) this.controller?.pause();
    this.#wake?.();
  }
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
  fail(error: OmniError): void {
    this.#failure = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const chunks = this.#chunks;
        if (chunks.length > 0) {
          this.#chunks = [];
          this.#heldBytes = 0;
          if (this.controller?.paused) this.controller.resume();
          const [only] = chunks;
          yield chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
          continue;
        }
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      if (!this.#ended && this.#failure === undefined) {
        this.controller?.abort(new OmniError('client_closed', 'The reader went away.'));
      }
    }
  }
}

/** The whole body, at most `limitBytes`. Throws `upstream_bad_response` beyond that. */
export async function readAll(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limitBytes)
      throw new OmniError('upstream_bad_response', `The provider's answer is larger than ${limitBytes} bytes.`);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
}
