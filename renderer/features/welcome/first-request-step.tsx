import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { isDesktop } from '../../api.ts';
import { type LiveEvent, useLiveEvents } from '../../live.ts';
import { formatDuration } from '../../ui/format.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tokens } from '../../ui/values.tsx';
import { sendFirstRequest } from './send-first-request.ts';
import { Step } from './step.tsx';
import styles from './welcome.module.css';

type Started = Extract<LiveEvent, { type: 'request-started' }>;
type Ended = Extract<LiveEvent, { type: 'request-ended' }>;

/** Waits for the client, and shows its request as it comes in and ends. */
export function FirstRequestStep({ model, isReady }: { readonly model: string; readonly isReady: boolean }) {
  const { t } = useTranslation('welcome');
  const [started, setStarted] = useState<Started>();
  const [ended, setEnded] = useState<Ended>();
  useLiveEvents((event) => {
    if (event.type === 'request-started') setStarted(event);
    if (event.type === 'request-ended') setEnded(event);
  });
  const result = ended !== undefined && ended.id === started?.id ? ended : undefined;
  const isDone = result?.outcome === 'ok';
  const send = useMutation({ mutationFn: () => sendFirstRequest(model) });
  return (
    <Step number={3} title={t('first.title')} text={t('first.text')} isDone={isDone} isWaiting={!isReady}>
      <div className={styles.arrival} role="status">
        {started === undefined && <StateMark state="off" label={t('first.waiting')} />}
        {started !== undefined && result === undefined && (
          <StateMark
            state="degraded"
            label={t('first.running', { model: started.model, client: started.client ?? t('first.someone') })}
          />
        )}
        {result !== undefined && <Result result={result} client={started?.client} />}
      </div>
      <div className={styles.buttons}>
        {isDone && (
          <Button component={Link} href="/">
            {t('first.home')}
          </Button>
        )}
        {!isDesktop && (
          <Button
            variant="default"
            loading={send.isPending}
            disabled={!isReady || model === ''}
            onClick={() => send.mutate()}
          >
            {t('first.send')}
          </Button>
        )}
      </div>
    </Step>
  );
}

function Result({ result, client }: { readonly result: Ended; readonly client: string | undefined }) {
  const { t } = useTranslation('welcome');
  const { outcome, requestedModel, durationMs, tokensInput, tokensOutput } = result;
  const names = { model: requestedModel, client: client ?? t('first.someone'), duration: formatDuration(durationMs) };
  if (outcome === 'ok') {
    return (
      <>
        <StateMark state="healthy" label={t('first.done', names)} />
        <span className={styles.quiet}>
          <Tokens count={tokensInput + tokensOutput} /> {t('first.tokens')}
        </span>
      </>
    );
  }
  return (
    <>
      <StateMark state="failing" label={t('first.failed', names)} />
      <Link href="/logs">{t('first.why')}</Link>
    </>
  );
}
