import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { ConfirmButton } from '../../ui/controls.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { OutcomeMark } from '../../ui/outcome-mark.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Duration, RelativeTime } from '../../ui/values.tsx';

type Entry = Outputs['proxyLogs']['list']['logs'][number];

/** The newest requests that went through a network proxy. */
export function Proxied() {
  const { t } = useTranslation('logs');
  const entries = useQuery(queries.proxyLogs.list.queryOptions());
  const forget = async (): Promise<void> => {
    await api.proxyLogs.clear();
    await queryClient.invalidateQueries({ queryKey: queries.proxyLogs.key() });
  };
  const forgetButton = (
    <ConfirmButton
      label={t('proxies.forget')}
      question={t('proxies.question')}
      consequence={t('proxies.consequence')}
      onConfirm={forget}
    />
  );
  return (
    <Section
      isFlush
      title={t('proxies.title')}
      description={t('proxies.text')}
      aside={(entries.data?.logs.length ?? 0) > 0 && forgetButton}
    >
      <QueryView query={entries} skeleton={<RowsSkeleton />} errorTitle={t('proxies.failed')}>
        {({ logs }) => <ProxiedTable logs={logs} />}
      </QueryView>
    </Section>
  );
}

function ProxiedTable({ logs }: { readonly logs: readonly Entry[] }) {
  const { t } = useTranslation('logs');
  const [, navigate] = useLocation();
  const columns: readonly Column<Entry>[] = [
    {
      id: 'outcome',
      header: t('column.outcome'),
      width: '84px',
      cell: ({ outcome, status }) => <OutcomeMark outcome={outcome} status={status} />,
    },
    { id: 'proxy', header: t('column.proxy'), cell: ({ proxy }) => <code>{proxy}</code> },
    { id: 'model', header: t('column.model'), cell: ({ model }) => <code>{model}</code> },
    { id: 'account', header: t('column.account'), isExtra: true, cell: ({ account, provider }) => account ?? provider },
    {
      id: 'duration',
      header: t('column.duration'),
      isNumeric: true,
      width: '80px',
      cell: ({ durationMs }) => <Duration ms={durationMs} />,
    },
    {
      id: 'at',
      header: t('column.at'),
      isNumeric: true,
      width: '120px',
      cell: ({ timestamp }) => <RelativeTime at={timestamp} />,
    },
  ];
  return (
    <DataTable
      isVirtual
      label={t('proxies.title')}
      columns={columns}
      rows={logs}
      rowKey={({ id }) => id}
      onOpen={({ id }) => navigate(`/logs/${encodeURIComponent(id)}`)}
      empty={<EmptyState text={t('proxies.empty')} />}
    />
  );
}
