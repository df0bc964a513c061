/**
 * The small HTTP client of this folder: one request, one short text answer. It follows no redirect, since the key would
 * travel along to wherever it points.
 */
import { type Dispatcher, request as undiciRequest } from 'undici';
import { OmniError } from '../base/errors.ts';
import { untilAborted } from '../base/until-aborted.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What the call is for: decides about its network proxy. */
  readonly via?: { readonly connectionId?: string; readonly providerId?: string };
  /** Longest answer accepted, in bytes; 1 MiB when absent. */
  readonly answerLimitBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** It came so long ago, where it does not come from the vendor now (`tokens/lasting-call.ts`). */
  readonly keptForMs?: number;
}

/** Rejects with `upstream_unreachable`, `upstream_timeout`, `upstream_bad_response` (too long) or `client_closed`. */
export type HttpSend = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT_BYTES = 1024 * 1024;

export interface HttpSendOptions {
  /** The connection or proxy to use; undici's own when absent. */
  readonly dispatcherFor?: (request: HttpRequest) => Dispatcher;
  readonly timeoutMs?: number;
}

/** The client over undici. The time limit covers the whole exchange, from the connection to the last byte. */
export function createHttpSend({ dispatcherFor, timeoutMs = TIMEOUT_MS }: HttpSendOptions = {}): HttpSend {
  return async (request, signal) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, limit]);
    try {
      const asked = undiciRequest(request.url, {
        method: request.method,
        headers: request.headers,
        signal: either,
        ...(request.body !== undefined && { body: request.body }),
        ...(dispatcherFor !== undefined && { dispatcher: dispatcherFor(request) }),
      });
      const { statusCode, body } = await untilAborted(either, asked);
      return { status: statusCode, body: await readText(body, request) };
    } catch (error) {
      if (error instanceof OmniError) throw error;
      if (signal.aborted) throw new OmniError('client_closed', 'The call was given up.', { cause: error });
      throw networkFailure(error, request, limit.aborted ? timeoutMs : undefined);
    }
  };
}

async function readText(
  body: Dispatcher.ResponseData['body'],
  { url, answerLimitBytes }: HttpRequest,
): Promise<string> {
  const limitBytes = answerLimitBytes ?? ANSWER_LIMIT_BYTES;
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the stream, and with it the connection.
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limitBytes)
      throw new OmniError('upstream_bad_response', `${originOf(url)} answered with more than ${limitBytes} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function networkFailure(error: unknown, { url }: HttpRequest, timeoutMs: number | undefined): OmniError {
  const code = codeOf(error);
  if (timeoutMs !== undefined || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return new OmniError(
      'upstream_timeout',
      `${originOf(url)} did not answer within ${(timeoutMs ?? TIMEOUT_MS) / 1_000} seconds. Check the address and the network, and try again.`,
      { cause: error },
    );
  return new OmniError(
    'upstream_unreachable',
    `${originOf(url)} cannot be reached${code === undefined ? '' : ` (${code})`}. Check the address, and that the server runs.`,
    { cause: error },
  );
}

/** A refused connection to a name with several addresses comes as an AggregateError of one error each. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'The address';
}
