/**
 * The listener that a provider's redirect comes back to: on this machine only, for one login, gone when it is over. It
 * answers one path, under its own host name (a page that rebinds a name to this machine gets nothing), and what the query
 * says is for the login to check.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { OmniError } from '../../base/errors.ts';
import { callbackPage, PAGE_HEADERS, type PageText } from './callback-page.ts';

export interface CallbackListener {
  readonly port: number;
  close(): void;
}

export interface CallbackHandler {
  readonly path: string;
  /** What the page says; `isTaken: false` leaves the listener open for the right one. */
  answer(query: URLSearchParams): Promise<{ readonly status: number; readonly page: PageText }>;
}

const HOST = '127.0.0.1';
const URL_LIMIT = 8_192;

/** Listens on the port, 0 for any free one. Throws `conflict` when it is taken. */
export async function listenForCallback(port: number, handler: CallbackHandler): Promise<CallbackListener> {
  const server = createServer({ maxHeaderSize: 2 * URL_LIMIT, requestTimeout: 10_000 }, (request, response) => {
    void answer(request, response, handler);
  });
  const taken = await bound(server, port);
  return {
    port: taken,
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function bound(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const code = 'code' in cause ? String(cause.code) : 'unknown';
      reject(new OmniError('conflict', `Port ${port} of this machine cannot be listened on (${code}).`, { cause }));
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, handler: CallbackHandler): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  const isAsked = request.method === 'GET' && url?.pathname === handler.path && isOwnHost(request);
  if (url === null || !isAsked || (request.url ?? '').length > URL_LIMIT) {
    response.writeHead(404, PAGE_HEADERS).end(callbackPage(NOTHING_HERE));
    return;
  }
  const { status, page } = await handler.answer(url.searchParams);
  response.writeHead(status, PAGE_HEADERS).end(callbackPage(page));
}

const NOTHING_HERE: PageText = {
  title: 'Nothing here',
  sentence: 'This address only takes the answer of a sign-in. You can close this page.',
};

function isOwnHost({ headers, socket }: IncomingMessage): boolean {
  const [name, port] = (headers.host ?? '').toLowerCase().split(':');
  return (name === 'localhost' || name === HOST) && Number(port ?? 80) === socket.localPort;
}
