/** What is running right now, above what ended last. */
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { type Outputs, queries, queryClient } from '../../api.ts';
import { useLiveEvents } from '../../live.ts';
import { formatDuration } from '../../ui/format.ts';
import { OutcomeMark } from '../../ui/outcome-mark.tsx';
import { Section } from '../../ui/section.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Duration, Money, RelativeTime, Tokens, useNow } from '../../ui/values.tsx';
import styles from './home.module.css';

type Active = Outputs['live']['snapshot']['active'][number];
type Ended = Outputs['usageLogs']['list']['logs'][number];

const SHOWN = 6;
/** A burst of starts asks for one new snapshot. */
const SNAPSHOT_MS = 250;

export function Requests() {
  const { t } = useTranslation('home');
  const snapshot = useQuery(queries.live.snapshot.queryOptions());
  const ended = useQuery(queries.usageLogs.list.queryOptions({ input: { limit: SHOWN } }));
  useSnapshotOnStart();
  const active = snapshot.data?.active ?? [];
  return (
    <Section
      title={t('requests.title')}
      aside={
        <>
          <StateMark
            state={active.length > 0 ? 'healthy' : 'off'}
            label={active.length > 0 ? t('requests.running', { count: active.length }) : t('requests.idle')}
          />
          <Link href="/logs">{t('requests.all')}</Link>
        </>
      }
    >
      <QueryView query={ended} skeleton={<RowsSkeleton rows={SHOWN} />} errorTitle={t('requests.failed')}>
        {({ logs }) =>
          logs.length + active.length === 0 ? (
            <EmptyState text={t('requests.empty')} />
          ) : (
            <ul className={styles.list}>
              {active.slice(0, SHOWN).map((request) => (
                <ActiveRow key={request.id} request={request} />
              ))}
              {logs.slice(0, Math.max(0, SHOWN - active.length)).map((log) => (
                <EndedRow key={log.id} log={log} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
}

/** The table of facts renews the snapshot when a request ended; here it is also renewed when one starts or moves on. */
function useSnapshotOnStart(): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLiveEvents(({ type }) => {
    if (type !== 'request-started' && type !== 'request-routed') return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void queryClient.invalidateQueries({ queryKey: queries.live.snapshot.key() });
    }, SNAPSHOT_MS);
  });
}

function ActiveRow({ request }: { readonly request: Active }) {
  const { t } = useTranslation('home');
  const nowMs = useNow(1_000);
  const { model, requestedModel, account, client, startedAtMs, isAnswering } = request;
  return (
    <li className={styles.row} data-active>
      <StateMark
        isCompact
        state={isAnswering ? 'healthy' : 'off'}
        label={isAnswering ? t('requests.answering') : t('requests.waiting')}
      />
      <Names model={model ?? requestedModel} about={[account, client]} />
      <span className={styles.figure}>{isAnswering ? t('requests.answering') : t('requests.waiting')}</span>
      <span className={styles.figure}>{formatDuration(Math.max(0, nowMs - startedAtMs))}</span>
    </li>
  );
}

function EndedRow({ log }: { readonly log: Ended }) {
  const { t } = useTranslation('home');
  const { model, requestedModel, account, client, tokensIn, tokensOut, cost, durationMs, timestamp, outcome } = log;
  return (
    <li className={styles.row}>
      <OutcomeMark outcome={outcome} />
      <Names model={model === '' ? requestedModel : model} about={[account, client]} />
      <span className={styles.figure}>
        <Tokens count={tokensIn + tokensOut} /> {t('requests.tokens')}
      </span>
      <span className={styles.figure}>
        <Money usd={cost} />
      </span>
      <span className={styles.figure}>
        <Duration ms={durationMs} />
      </span>
      <span className={styles.figure}>
        <RelativeTime at={timestamp} />
      </span>
    </li>
  );
}

function Names({ model, about }: { readonly model: string; readonly about: readonly (string | undefined)[] }) {
  return (
    <span className={styles.names}>
      <code>{model}</code>
      <span className={styles.quiet}>{about.filter((part) => part !== undefined && part !== '').join(' · ')}</span>
    </span>
  );
}
