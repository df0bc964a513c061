/** The sign-in that is shown lives in the address, so that it is still there after a reload. */
import { useLocation, useSearch } from 'wouter';

/** In place of a session: the ways to sign in are shown, none was started. */
const NOT_STARTED = 'new';

export interface SignInPlace {
  readonly isOpen: boolean;
  /** The sign-in that was started. */
  readonly sessionId?: string;
  show(sessionId?: string): void;
  close(): void;
}

/** Where a provider's sign-in dialog stands open. */
export function signInPath(provider: string, sessionId: string = NOT_STARTED): string {
  return `/providers/${encodeURIComponent(provider)}?${new URLSearchParams({ signIn: sessionId })}`;
}

export function useSignInPlace(provider: string): SignInPlace {
  const [, navigate] = useLocation();
  const shown = new URLSearchParams(useSearch()).get('signIn');
  return {
    isOpen: shown !== null,
    ...(shown !== null && shown !== NOT_STARTED && { sessionId: shown }),
    show: (sessionId) => navigate(signInPath(provider, sessionId), { replace: shown !== null }),
    close: () => navigate(`/providers/${encodeURIComponent(provider)}`, { replace: true }),
  };
}
