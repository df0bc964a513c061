/**
 * The contract for a host in the same process: no HTTP, no cookies, no door. Whoever holds this is signed in by being part
 * of the app, so a host hands it to its own windows only. Loaded with the first use, as the other surfaces are.
 */
import { createRouterClient, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { ManagementApi } from './client.ts';
import { errorAnswer, restError } from './rest-errors.ts';
import { router } from './router.ts';
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
  const readable = (thrown: unknown): never => {
    const error = restError(thrown);
    if (error.code === 'internal') services.log.error('A management call failed.', {}, thrown);
    const { status, body } = errorAnswer(error);
    throw new ORPCError(error.code, { status, message: error.message, data: body });
  };
  const interceptors = [<T>({ next }: { next: () => Promise<T> }) => next().catch(readable)];
  const handler = new RPCHandler<CallContext>(router, { interceptors });
  return {
    client: createRouterClient(router, { context, interceptors }),
    serve: (port) => handler.upgrade(port, { context }),
  };
}
