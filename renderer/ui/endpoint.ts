/** The address that clients are pointed at. */

export interface Endpoint {
  /** `http://localhost:20128` */
  readonly origin: string;
  /** `localhost:20128` */
  readonly authority: string;
}

/** In a browser: where this page came from. */
export function useEndpoint(): Endpoint {
  const { protocol, host, hostname, port } = location;
  const authority = hostname === '127.0.0.1' ? `localhost:${port}` : host;
  return { origin: `${protocol}//${authority}`, authority };
}
