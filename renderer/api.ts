/**
 * The one typed client of the management contract: over HTTP in a browser, over the message port that the desktop's preload
 * hands in. Which of them is chosen once; callers cannot tell.
 */
import { type ClientContext, type ClientLink, createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { ManagementApi } from '../core/management/client.ts';
import { noAnswer, sentenceOf } from './failure-words.ts';

export type { Inputs, Outputs } from '../core/management/client.ts';

/** What preload posts, with the port transferred. */
const PORT_MESSAGE = 'omniroute:port';
export const isDesktop = location.protocol === 'app:' || navigator.userAgent.includes('Electron');

const opened: Promise<ClientLink<ClientContext>> = isDesktop
  ? nextPort().then((port) => new PortLink({ port }))
  : Promise.resolve(new FetchLink({ url: `${location.origin}/api/rpc` }));
const link: ClientLink<ClientContext> = {
  call: async (path, input, options) => (await opened).call(path, input, options),
};

/** `await api.keys.list()` */
export const api: ManagementApi = createORPCClient(link);
/** `useQuery(queries.keys.list.queryOptions())`, `useMutation(queries.keys.create.mutationOptions())` */
export const queries = createTanstackQueryUtils(api);

/** Data on screen may be this old before a visit asks again; live events ask sooner. */
const FRESH_MS = 10_000;
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeFailure }),
  mutationCache: new MutationCache({ onError: noticeFailure }),
  defaultOptions: {
    // The gateway is on this machine: the browser's opinion of the network does not matter.
    queries: { networkMode: 'always', staleTime: FRESH_MS, retry: (count, error) => count < 1 && isUnreachable(error) },
    mutations: { networkMode: 'always' },
  },
});

/** No answer at all, as opposed to an error that was answered. */
export function isUnreachable(error: unknown): boolean {
  return !(error instanceof ORPCError);
}

/** The sentence of a failure for people, and the code for the details where the server answered. */
export function failureOf(error: unknown): { readonly message: string; readonly code?: string } {
  if (!(error instanceof ORPCError)) return { message: noAnswer() };
  const code = String(error.code);
  return { message: sentenceOf({ ...(error.data as object | undefined), code, message: error.message }), code };
}

/** Signed out or unreachable: the frame around all pages finds out by asking who we are. */
function noticeFailure(error: unknown): void {
  const isSignedOut = error instanceof ORPCError && error.code === 'unauthenticated';
  if (isSignedOut || isUnreachable(error)) void queryClient.invalidateQueries({ queryKey: queries.auth.status.key() });
}

function nextPort(): Promise<MessagePort> {
  return new Promise((resolve) => {
    window.addEventListener('message', function take({ source, data, ports: [port] }: MessageEvent<unknown>) {
      const isOurs = source === window && (data as { type?: unknown } | null)?.type === PORT_MESSAGE;
      if (!isOurs || port === undefined) return;
      window.removeEventListener('message', take);
      port.start();
      resolve(port);
    });
  });
}
