/** One sign-in as it goes: what the person does now, and how it ended. */
import { Button, Loader, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, isUnreachable, type Outputs, queries, queryClient } from '../../api.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { FormError } from '../../ui/form-parts.tsx';
import { QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Countdown } from '../../ui/values.tsx';
import styles from './providers.module.css';

type Session = Outputs['oauth']['session'];

const POLL_MS = 1_000;
const OVER: ReadonlySet<Session['state']> = new Set(['done', 'failed', 'cancelled', 'expired']);

export interface SignInSessionProps {
  readonly sessionId: string;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

export function SignInSession({ sessionId, onAgain, onClose }: SignInSessionProps) {
  const { t } = useTranslation('providers');
  const session = useQuery({
    ...queries.oauth.session.queryOptions({ input: { sessionId } }),
    refetchInterval: ({ state: { data } }) => (data !== undefined && OVER.has(data.state) ? false : POLL_MS),
  });
  const isDone = session.data?.state === 'done';
  useEffect(() => {
    if (isDone) void queryClient.invalidateQueries({ queryKey: queries.providers.key() });
  }, [isDone]);
  if (session.error !== null && !isUnreachable(session.error))
    return <Outcome isGood={false} text={t('signIn.lost')} action={t('signIn.again')} onAction={onAgain} />;
  return (
    <QueryView query={session} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('signIn.lost')}>
      {(data) => {
        const { state, message, connection } = data;
        if (!OVER.has(state)) return <Running session={data} />;
        if (state === 'done') {
          const name = connection?.email ?? connection?.name;
          return <Outcome isGood text={t('signIn.done', { name })} action={t('signIn.show')} onAction={onClose} />;
        }
        const why = message ?? t(`signIn.state.${state}`);
        return <Outcome isGood={false} text={why} action={t('signIn.again')} onAction={onAgain} />;
      }}
    </QueryView>
  );
}

interface OutcomeProps {
  readonly isGood: boolean;
  readonly text: string;
  readonly action: string;
  readonly onAction: () => void;
}

function Outcome({ isGood, text, action, onAction }: OutcomeProps) {
  return (
    <div className={styles.form}>
      <p role={isGood ? 'status' : 'alert'} className={isGood ? styles.text : styles.error}>
        {text}
      </p>
      <div className={styles.buttons}>
        <Button onClick={onAction}>{action}</Button>
      </div>
    </div>
  );
}

function Running({ session }: { readonly session: Session }) {
  const { t } = useTranslation('providers');
  const { sessionId, state, progress, authUrl, userCode, expiresAt } = session;
  const cancel = useMutation({ mutationFn: () => api.oauth.cancel({ sessionId }), onSettled: renewSession });
  const isWaiting = state === 'waiting';
  return (
    <div className={styles.form}>
      {isWaiting && userCode !== undefined && <DeviceCode session={session} />}
      {isWaiting && authUrl !== undefined && <BrowserSignIn session={session} url={authUrl} />}
      <div className={styles.bar}>
        <div role="status" className={styles.waiting}>
          <Loader size={14} aria-hidden="true" /> {progress ?? t(`signIn.state.${state}`)}
        </div>
        {isWaiting && (
          <span className={styles.quiet}>
            {t('signIn.left')} <Countdown until={expiresAt} />
          </span>
        )}
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('signIn.cancel')}
        </Button>
      </div>
      <FormError error={cancel.error} />
    </div>
  );
}

function DeviceCode({ session }: { readonly session: Session }) {
  const { t } = useTranslation('providers');
  const { userCode = '', verificationUri, verificationUriComplete } = session;
  return (
    <>
      <p className={styles.text}>{t('signIn.codeHint')}</p>
      <div className={styles.code}>
        <code>{userCode}</code>
        <CopyButton text={userCode} label={t('signIn.copyCode')} />
      </div>
      <PageLink url={verificationUriComplete ?? verificationUri ?? ''} label={t('signIn.openDevice')} />
    </>
  );
}

/** A message says why the browser will not come back by itself; without one, pasting is only for when it did not. */
function BrowserSignIn({ session, url }: { readonly session: Session; readonly url: string }) {
  const { t } = useTranslation('providers');
  const { sessionId, message } = session;
  const [isPasting, setIsPasting] = useState(false);
  return (
    <>
      <p className={message === undefined ? styles.text : styles.notice}>{message ?? t('signIn.browserHint')}</p>
      <PageLink url={url} label={t('signIn.open')} />
      {isPasting || message !== undefined ? (
        <Paste sessionId={sessionId} />
      ) : (
        <Button variant="subtle" size="compact-sm" onClick={() => setIsPasting(true)}>
          {t('signIn.notBack')}
        </Button>
      )}
    </>
  );
}

function PageLink({ url, label }: { readonly url: string; readonly label: string }) {
  return (
    <Button component="a" href={url} target="_blank" rel="noopener noreferrer">
      {label}
    </Button>
  );
}

/** For a browser that does not find the way back: on another machine, or with the port taken. */
function Paste({ sessionId }: { readonly sessionId: string }) {
  const { t } = useTranslation('providers');
  const [pasted, setPasted] = useState('');
  const complete = useMutation({
    mutationFn: () => api.oauth.complete({ sessionId, pasted: pasted.trim() }),
    onSettled: renewSession,
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        complete.mutate();
      }}
    >
      <TextInput
        label={t('signIn.paste')}
        description={t('signIn.pasteHint')}
        autoComplete="off"
        value={pasted}
        onChange={(event) => setPasted(event.currentTarget.value)}
      />
      <FormError error={complete.error} />
      <Button type="submit" variant="default" disabled={pasted.trim() === ''} loading={complete.isPending}>
        {t('signIn.finish')}
      </Button>
    </form>
  );
}

function renewSession(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: queries.oauth.session.key() });
}
