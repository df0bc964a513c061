/**
 * The contract over oRPC's own protocol, for the dashboard: one typed client, dates and event streams without further ado.
 * Same callers, same errors as REST; the door has been passed already. Loaded with the first call.
 * https://orpc.dev/docs/advanced/rpc-protocol
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ORPCError } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { OmniError } from '../base/errors.ts';
import { pathOf } from '../base/request-path.ts';
import { admit } from './admission.ts';
import { router } from './router.ts';
import { rpcError } from './rpc-errors.ts';
import type { CallContext, ManagementServices } from './services.ts';

export const RPC_PREFIX = '/api/rpc';
const PUBLIC = new Set(['status', 'login', 'setup', 'logout'].map((name) => `${RPC_PREFIX}/auth/${name}`));
const LIMIT_BYTES = 1_048_576;

export interface RpcApi {
  /** Never throws: a failure has become its answer. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export function createRpcApi(services: ManagementServices): RpcApi {
  const failed = (thrown: unknown): ORPCError<string, unknown> => rpcError(thrown, services.log);
  const handler = new RPCHandler<CallContext>(router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: LIMIT_BYTES })],
    // What came as no call at all (not JSON, too large) is refused by the protocol itself.
    clientInterceptors: [({ next }) => next().catch((thrown: unknown) => Promise.reject(failed(thrown)))],
  });

  const call = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const cookies: string[] = [];
    const admitted = await admit(services, request, { isPublic: PUBLIC.has(path), cookies });
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    const context: CallContext = {
      services,
      remoteAddress: request.socket.remoteAddress,
      cookieHeader: request.headers.cookie,
      ...admitted,
      setCookie: (value) => response.setHeader('set-cookie', value),
    };
    const { matched } = await handler.handle(request, response, { prefix: RPC_PREFIX, context });
    if (!matched) throw new OmniError('not_found', `There is no ${path}.`);
  };

  return {
    async handle(request, response) {
      response.setHeader('cache-control', 'no-store');
      response.setHeader('x-content-type-options', 'nosniff');
      try {
        await call(request, response);
      } catch (thrown) {
        refuse(request, response, failed(thrown));
      }
    },
  };
}

/** What failed before a procedure was reached, in the protocol's form of an error. */
function refuse(request: IncomingMessage, response: ServerResponse, error: ORPCError<string, unknown>): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = JSON.stringify({ json: error.toJSON(), meta: [] });
  response.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(!request.complete && request.method !== 'GET' && { connection: 'close' }),
  });
  response.end(text);
}
