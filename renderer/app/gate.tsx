/**
 * Who may see the pages: asks whether a password is set and whether this browser is signed in, and leads to the set-up, the
 * login or the frame. Keeps asking while the gateway does not answer, so that the page recovers by itself.
 */
import { Center, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { isDesktop, queries, queryClient } from '../api.ts';
import { ErrorState } from '../ui/states.tsx';
import { Frame } from './frame.tsx';
import { SetUpPage, SignInPage } from './pages.tsx';

const ASK_AGAIN_MS = 3_000;
const ASK_MS = 30_000;

export function Gate() {
  const { t } = useTranslation();
  const status = useQuery({
    ...queries.auth.status.queryOptions(),
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' || state.fetchFailureCount > 0 ? ASK_AGAIN_MS : ASK_MS),
  });
  const isLost = status.isError;
  useRenewalAfter(isLost);
  if (status.data === undefined) {
    return (
      <Center mih="100vh" component="main">
        {isLost ? (
          <ErrorState title={t('lost.title')} error={status.error} onRetry={() => void status.refetch()} />
        ) : (
          <Loader aria-label={t('loading')} />
        )}
      </Center>
    );
  }
  if (status.data.authenticated || isDesktop) return <SignedIn isLost={isLost} onRetry={() => void status.refetch()} />;
  return <SignedOut needsSetup={status.data.needsSetup} />;
}

function SignedIn({ isLost, onRetry }: { readonly isLost: boolean; readonly onRetry: () => void }) {
  return (
    <Switch>
      <Route path="/login">
        <Redirect to={wantedPath()} replace />
      </Route>
      <Route path="/setup">
        <Redirect to="/welcome" replace />
      </Route>
      <Route>
        <Frame isLost={isLost} onRetry={onRetry} />
      </Route>
    </Switch>
  );
}

function SignedOut({ needsSetup }: { readonly needsSetup: boolean }) {
  const [path] = useLocation();
  const wanted = path === '/login' || path === '/' || path === '/setup' ? '' : `?next=${encodeURIComponent(path)}`;
  return (
    <Switch>
      <Route path="/setup">{needsSetup ? <SetUpPage /> : <Redirect to="/login" replace />}</Route>
      <Route path="/login">{needsSetup ? <Redirect to="/setup" replace /> : <SignInPage />}</Route>
      <Route>
        <Redirect to={needsSetup ? '/setup' : `/login${wanted}`} replace />
      </Route>
    </Switch>
  );
}

/** Where the person was going before the login; a path of ours, never another site. */
function wantedPath(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Once the gateway answers again, everything on screen is asked for anew. */
function useRenewalAfter(isLost: boolean): void {
  useEffect(() => {
    if (!isLost) return;
    return () => {
      const isOther = ({ queryKey }: { queryKey: readonly unknown[] }): boolean =>
        JSON.stringify(queryKey[0]) !== '["auth","status"]';
      void queryClient.invalidateQueries({ predicate: isOther });
    };
  }, [isLost]);
}
