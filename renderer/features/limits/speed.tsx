/** How fast and how reliably each provider answered within the last hour. */
import { useTranslation } from 'react-i18next';
import type { Outputs } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatPercent } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Duration, Tokens } from '../../ui/values.tsx';
import styles from './limits.module.css';
import { useHealth, useNames } from './live-data.ts';

type Health = Outputs['monitoring']['health']['providerHealth'][string];
interface Row extends Health {
  readonly provider: string;
  readonly name: string;
}

export function Speed() {
  const { t } = useTranslation('limits');
  const health = useHealth();
  const names = useNames();
  return (
    <Section isFlush title={t('speed.title')} description={t('speed.text')}>
      <QueryView query={health} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('speed.failed')}>
        {({ providerHealth }) => (
          <SpeedTable
            rows={Object.entries(providerHealth)
              .filter(([, { requestsLastHour }]) => requestsLastHour > 0)
              .map(([provider, values]) => ({ ...values, provider, name: names.provider(provider) }))}
          />
        )}
      </QueryView>
    </Section>
  );
}

function SpeedTable({ rows }: { readonly rows: readonly Row[] }) {
  const { t } = useTranslation('limits');
  const slowest = Math.max(1, ...rows.map(({ p99 }) => p99));
  const time = (id: 'p50' | 'p95' | 'p99'): Column<Row> => ({
    ...{ id, header: id, isNumeric: true, sortBy: (row) => row[id] },
    cell: (row) => (row[id] === 0 ? '–' : <Duration ms={row[id]} />),
  });
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      header: t('column.provider'),
      sortBy: ({ name }) => name,
      cell: ({ name }) => <span className={styles.name}>{name}</span>,
    },
    {
      id: 'requests',
      header: t('column.requests'),
      isNumeric: true,
      sortBy: ({ requestsLastHour }) => requestsLastHour,
      cell: ({ requestsLastHour }) => <Tokens count={requestsLastHour} />,
    },
    {
      id: 'success',
      header: t('column.success'),
      isNumeric: true,
      sortBy: successOf,
      cell: (row) => formatPercent(successOf(row)),
    },
    ...[time('p50'), time('p95'), time('p99')],
    {
      id: 'range',
      header: t('column.range'),
      isExtra: true,
      width: '24%',
      cell: (row) => <Range {...row} of={slowest} />,
    },
  ];
  return (
    <DataTable
      label={t('speed.title')}
      columns={columns}
      rows={rows}
      rowKey={({ provider }) => provider}
      empty={<EmptyState text={t('speed.empty')} />}
    />
  );
}

/** 0 to 1. */
function successOf({ requestsLastHour, failuresLastHour }: Health): number {
  return requestsLastHour === 0 ? 1 : 1 - failuresLastHour / requestsLastHour;
}

/** From p50 to p99 on one scale for all rows, p95 as a tick; the figures stand beside it. */
function Range({ p50, p95, p99, of }: Pick<Health, 'p50' | 'p95' | 'p99'> & { readonly of: number }) {
  const at = (ms: number): string => `${(ms / of) * 100}%`;
  return (
    <div className={styles.range} aria-hidden="true">
      <span className={styles.span} style={{ insetInlineStart: at(p50), inlineSize: at(p99 - p50) }} />
      <span className={styles.tick} style={{ insetInlineStart: at(p95) }} />
    </div>
  );
}
