import type { IncomingHttpHeaders } from 'node:http';

/** The conversation a client names with `X-Session-Id`: it stays on one account, and is told apart from others. */
export function sessionIdOf(headers: IncomingHttpHeaders): string | undefined {
  const session = headers['x-session-id'];
  return typeof session === 'string' && session !== '' ? session.slice(0, 200) : undefined;
}
