/**
 * The contract for a host in the same process: no HTTP, no cookies, no door. Whoever holds this is signed in by being part
 * of the app, so a host hands it to its own windows only. Loaded with the first use, as the other surfaces are.
 */
import { createRouterClient } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { ManagementApi } from './client.ts';
import { router } from './router.ts';
import { rpcError } from './rpc-errors.ts';
import type { CallContext, ManagementServices } from './services.ts';

/** One end of a message channel: Electron's, the browser's or Node's. */
export type LocalPort = Parameters<RPCHandler<CallContext>['upgrade']>[0];

export interface LocalApi {
  /** Calls the contract directly. Failures are `ORPCError`s with the code and the sentence of the REST surface. */
  readonly client: ManagementApi;
  /** Answers calls that come through the port, streams among them, until it closes. The host starts the port. */
  serve(port: LocalPort): void;
}

export function createLocalApi(services: ManagementServices): LocalApi {
  const context: CallContext = {
    services,
    remoteAddress: undefined,
    cookieHeader: undefined,
    hasSession: true,
    setCookie: () => undefined,
  };
  const interceptor = <T>({ next }: { next: () => Promise<T> }): Promise<T> =>
    next().catch((thrown: unknown) => Promise.reject(rpcError(thrown, services.log)));
  const handler = new RPCHandler<CallContext>(router, { clientInterceptors: [interceptor] });
  return {
    client: createRouterClient(router, { context, interceptors: [interceptor] }),
    serve: (port) => handler.upgrade(port, { context }),
  };
}
