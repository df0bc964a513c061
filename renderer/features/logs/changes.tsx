import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Outputs, queries } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { RelativeTime } from '../../ui/values.tsx';

type Entry = Outputs['auditLog']['list']['entries'][number];

const PAGE = 200;

/** Who changed what, and who tried to sign in. */
export function Changes() {
  const { t } = useTranslation('logs');
  const changes = useInfiniteQuery(
    queries.auditLog.list.infiniteOptions({
      input: (offset: number) => ({ limit: PAGE, offset }),
      initialPageParam: 0,
      getNextPageParam: ({ total }, pages) => (pages.length * PAGE < total ? pages.length * PAGE : undefined),
    }),
  );
  const columns: readonly Column<Entry>[] = [
    {
      id: 'at',
      header: t('column.at'),
      width: '120px',
      cell: ({ timestamp }) => <RelativeTime at={timestamp} />,
    },
    { id: 'actor', header: t('column.actor'), width: '130px', cell: ({ actor }) => actor },
    { id: 'action', header: t('column.action'), cell: ({ action }) => <code>{action}</code> },
    { id: 'target', header: t('column.target'), cell: ({ target }) => target },
    { id: 'details', header: t('column.details'), isExtra: true, cell: ({ details }) => details },
    { id: 'ip', header: t('column.ip'), width: '130px', cell: ({ ip }) => ip ?? t('changes.app') },
  ];
  return (
    <Section isFlush title={t('changes.title')} description={t('changes.text')}>
      <QueryView query={changes} skeleton={<RowsSkeleton />} errorTitle={t('changes.failed')}>
        {({ pages }) => (
          <DataTable
            isVirtual
            label={t('changes.title')}
            columns={columns}
            rows={pages.flatMap(({ entries }) => entries)}
            rowKey={({ id }) => String(id)}
            empty={<EmptyState text={t('changes.empty')} />}
            onEnd={() => {
              if (changes.hasNextPage && !changes.isFetching) void changes.fetchNextPage();
            }}
          />
        )}
      </QueryView>
    </Section>
  );
}
