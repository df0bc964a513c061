/** Who may call management, over whichever protocol. Asked before a route is looked up: a stranger does not learn which exist. */
import type { IncomingMessage } from 'node:http';
import { OmniError } from '../base/errors.ts';
import { presentedKeys } from '../policy/presented-keys.ts';
import type { ManagementServices } from './services.ts';

export interface Admission {
  /** Signing in and asking whether one is signed in need neither session nor key. */
  readonly isPublic: boolean;
  /** A renewed session is added here, as the value of a Set-Cookie header. */
  readonly cookies: string[];
}

/** Who was let in: somebody signed in, an API key, or for what is public anybody. */
export interface Admitted {
  readonly hasSession: boolean;
  readonly apiKeyName?: string;
}

/** Who calls? Throws `unauthenticated`, or what its API key lacks, where that is needed. */
export async function admit(
  { sessions, apiKeys, lockouts }: ManagementServices,
  request: IncomingMessage,
  { isPublic, cookies }: Admission,
): Promise<Admitted> {
  const session = await sessions.verify(request.headers.cookie);
  if (session?.renewedCookie !== undefined) cookies.push(session.renewedCookie);
  if (session !== undefined) return { hasSession: true };
  if (isPublic) return { hasSession: false };
  if (presentedKeys(request.headers, request.url).length === 0) {
    throw new OmniError('unauthenticated', 'Sign in, or send an API key that was created with the management scope.');
  }
  const { apiKeyName } = lockouts.guardKeys(request.socket.remoteAddress, () =>
    apiKeys.authorize(request, { scope: 'management', isKeyRequired: true }),
  );
  return { hasSession: false, ...(apiKeyName !== undefined && { apiKeyName }) };
}
