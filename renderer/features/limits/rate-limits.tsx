/** Limits that accounts keep to: set by the person, or told by the provider's own answers. */
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Outputs } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import styles from './limits.module.css';
import { useNames, useRateLimits } from './live-data.ts';

type Limited = Outputs['resilience']['limits']['connections'][number];
type Learned = Limited['learned'][number];

export function RateLimits() {
  const { t } = useTranslation('limits');
  const limits = useRateLimits();
  return (
    <Section
      isFlush
      title={t('rates.title')}
      description={t('rates.text')}
      aside={<Link href="/settings/resilience">{t('rates.settings')}</Link>}
    >
      <QueryView query={limits} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('rates.failed')}>
        {({ connections }) => <RateTable rows={connections} />}
      </QueryView>
    </Section>
  );
}

function RateTable({ rows }: { readonly rows: readonly Limited[] }) {
  const { t } = useTranslation('limits');
  const names = useNames();
  const columns: readonly Column<Limited>[] = [
    {
      id: 'account',
      header: t('column.account'),
      sortBy: ({ name }) => name,
      cell: ({ name, provider }) => (
        <div>
          <div className={styles.name}>{name}</div>
          <span className={styles.quiet}>{names.provider(provider)}</span>
        </div>
      ),
    },
    { id: 'own', header: t('column.own'), cell: ({ limits }) => <OwnLimits limits={limits} /> },
    { id: 'learned', header: t('column.learned'), cell: ({ learned }) => <LearnedLimits learned={learned} /> },
    {
      id: 'minute',
      header: t('column.minute'),
      isNumeric: true,
      sortBy: ({ requestsInLastMinute }) => requestsInLastMinute,
      cell: ({ requestsInLastMinute }) => formatNumber(requestsInLastMinute),
    },
    { id: 'running', header: t('column.running'), isNumeric: true, cell: ({ running }) => formatNumber(running) },
    { id: 'queued', header: t('column.queued'), isNumeric: true, cell: ({ queued }) => formatNumber(queued) },
  ];
  return (
    <DataTable
      label={t('rates.title')}
      columns={columns}
      rows={rows}
      rowKey={({ connectionId }) => connectionId}
      empty={<EmptyState text={t('rates.empty')} />}
    />
  );
}

function OwnLimits({ limits }: { readonly limits: Limited['limits'] }) {
  const { t } = useTranslation('limits');
  if (limits === null) return <span className={styles.quiet}>{t('rates.none')}</span>;
  const { requestsPerMinute, concurrentRequests } = limits;
  return t('rates.own', { minute: formatNumber(requestsPerMinute), atOnce: formatNumber(concurrentRequests) });
}

function LearnedLimits({ learned }: { readonly learned: readonly Learned[] }) {
  const { t } = useTranslation('limits');
  if (learned.length === 0) return <span className={styles.quiet}>–</span>;
  const figure = ({ limit, remaining }: NonNullable<Learned['requests']>): string =>
    `${remaining === undefined ? '–' : formatCount(remaining)} / ${limit === undefined ? '–' : formatCount(limit)}`;
  return learned.map(({ model, requests, tokens }) => (
    <div key={model ?? ''}>
      {model !== null && <code className={styles.quiet}>{model} </code>}
      {[
        ...(requests === undefined ? [] : [t('rates.requests', { figure: figure(requests) })]),
        ...(tokens === undefined ? [] : [t('rates.tokens', { figure: figure(tokens) })]),
      ].join(' · ')}
    </div>
  ));
}
