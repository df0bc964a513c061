/**
 * The HTTP listener: hands each request to the surfaces in turn, refuses new work while draining, and on stop lets open
 * streams end for a while before it closes them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OmniError, toOmniError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { pathOf } from '../base/request-path.ts';
import { errorFormat } from './routes.ts';
import { answerUnreadable } from './unreadable.ts';
import { errorReply, writeReply } from './write-reply.ts';

/** Answers a request, or returns false to let the next surface have it. */
export type Surface = (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean;

export interface ListenAddress {
  /** An IP address or `localhost`. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Listener {
  /**
   * Resolves with the address bound. Called again it moves: the new address is taken first, then the old one takes no new
   * connection while what is open there goes on to its end. Throws `conflict` when the port is taken, `invalid_request`
   * for an unusable host; then nothing has changed.
   */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** Takes no new request, waits up to `graceMs` for open ones, closes what is left and waits until that is recorded. */
  drain(graceMs: number): Promise<void>;
}

const KEEP_ALIVE_MS = 75_000;
/** What a closed connection leaves to do (letting the upstream go, recording) takes no longer. */
const AFTERMATH_MS = 2_000;

export function createListener(surfaces: readonly Surface[], log: Log): Listener {
  let isDraining = false;
  const open = countOpen();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (isDraining)
        throw new OmniError('shutting_down', 'OmniRoute is shutting down. Try again in a moment.', {
          retryAfterMs: 5_000,
        });
      for (const surface of surfaces) if (await surface(request, response)) return;
      throw new OmniError('not_found', `There is no ${request.method} ${pathOf(request)}.`);
    } catch (thrown) {
      await refuse(request, response, toOmniError(thrown));
      if (!(thrown instanceof OmniError)) log.error('A request failed.', { path: pathOf(request) }, thrown);
    } finally {
      open.end();
    }
  };

  let current: { readonly server: Server; readonly address: ListenAddress } | undefined;
  /** The current server and those moved away from whose connections are not all closed. */
  const servers = new Set<Server>();
  const openServer = (): Server => {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      open.begin();
      open.begin();
      response.on('close', open.end);
      if (current !== undefined && server !== current.server) response.setHeader('connection', 'close');
      void serve(request, response);
    });
    answerUnreadable(server);
    return server;
  };
  /** Takes no new connection; the result is fulfilled when the last one is closed. */
  const retire = (server: Server): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    return closed.then(() => void servers.delete(server));
  };

  return {
    listen: async (address) => {
      const { host, port } = current?.address ?? {};
      if (current !== undefined && address.host === host && address.port === port) return current.address;
      const server = openServer();
      const bound = await bind(server, address);
      // Without a listener one connection that cannot be accepted (no file descriptor left) would end the process.
      server.on('error', (cause) => log.error('A connection could not be accepted.', {}, cause));
      servers.add(server);
      const old = current?.server;
      current = { server, address: bound };
      if (old !== undefined) void retire(old);
      return bound;
    },
    async drain(graceMs) {
      isDraining = true;
      const closed = Promise.all([...servers].map(retire));
      await open.idle(graceMs);
      for (const server of servers) server.closeAllConnections();
      await closed;
      await open.idle(AFTERMATH_MS);
    },
  };
}

/** Counts answers not yet on the wire, and calls not yet returned from: a request is recorded after its client has gone. */
function countOpen(): { begin(): void; end(): void; idle(limitMs: number): Promise<void> } {
  let count = 0;
  let onIdle: (() => void) | undefined;
  return {
    begin() {
      count += 1;
    },
    end() {
      count -= 1;
      if (count === 0) onIdle?.();
    },
    idle: (limitMs) =>
      new Promise((resolve) => {
        if (count === 0) return resolve();
        const limit = setTimeout(resolve, limitMs).unref();
        onIdle = () => {
          clearTimeout(limit);
          resolve();
        };
      }),
  };
}

function bind(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(bindError(cause, host, port));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
  });
}

function bindError(cause: NodeJS.ErrnoException, host: string, port: number): OmniError {
  if (cause.code === 'EADDRINUSE') {
    return new OmniError('conflict', `Port ${port} is in use. Stop what uses it, or choose another with --port.`, {
      cause,
    });
  }
  if (cause.code === 'EACCES')
    return new OmniError('invalid_request', `Port ${port} needs more rights. Choose one above 1023 with --port.`, {
      cause,
    });
  return new OmniError(
    'invalid_request',
    `Cannot listen on ${host}:${port} (${cause.code ?? cause.message}). Check --host and --port.`,
    { cause },
  );
}

/** The error in the caller's protocol, and the connection closed: the body may not have been read. */
async function refuse(request: IncomingMessage, response: ServerResponse, error: OmniError): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('connection', 'close');
  await writeReply(response, errorReply(error, errorFormat(pathOf(request), request.headers)));
}
