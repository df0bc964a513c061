/** The address that clients are pointed at, and whether they are served. */
import { useQuery } from '@tanstack/react-query';
import { isDesktop, queries } from '../api.ts';

export interface Endpoint {
  /** `http://localhost:20128` */
  readonly origin: string;
  /** `localhost:20128` */
  readonly authority: string;
  /** Clients are answered 503. */
  readonly isPaused: boolean;
}

/** In a browser: where this page came from. In the desktop's window: where the gateway says that it listens. */
export function useEndpoint(): Endpoint {
  const { data } = useQuery(queries.gateway.state.queryOptions());
  const isPaused = data?.isPaused ?? false;
  if (isDesktop) {
    const authority = `localhost${data === undefined ? '' : `:${data.port}`}`;
    return { origin: `http://${authority}`, authority, isPaused };
  }
  const { protocol, host, hostname, port } = location;
  const authority = hostname === '127.0.0.1' ? `localhost:${port}` : host;
  return { origin: `${protocol}//${authority}`, authority, isPaused };
}
