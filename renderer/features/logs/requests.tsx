/** Every request, newest first, as it ends; one of them opened beside the list. */
import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useRoute, useSearch } from 'wouter';
import { usePageActions } from '../../ui/page-actions.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Filters, useLogFilters } from './filters.tsx';
import styles from './logs.module.css';
import { RequestSheet } from './request-sheet.tsx';
import { RequestTable } from './request-table.tsx';
import { useLog } from './use-log.ts';

export function Requests() {
  const { t } = useTranslation('logs');
  const [, navigate] = useLocation();
  const search = useSearch();
  const [, params] = useRoute('/logs/:id');
  const filters = useLogFilters();
  const { query, rows, isPaused, waiting, toggle } = useLog(filters.filter);
  const go = (path: string): void => navigate(search === '' ? path : `${path}?${search}`);
  usePageActions(
    useMemo(
      () => [{ id: 'pause', label: isPaused ? t('live.resume') : t('live.pause'), run: toggle }],
      [t, isPaused, toggle],
    ),
  );
  return (
    <>
      <Section
        isFlush
        title={t('list.title')}
        description={isPaused ? t('live.paused', { count: waiting }) : t('live.running')}
        aside={<PauseButton isPaused={isPaused} onToggle={toggle} />}
      >
        <Filters {...filters} />
        <QueryView query={query} skeleton={<RowsSkeleton rows={12} />} errorTitle={t('list.failed')}>
          {() => (
            <div aria-busy={query.isPlaceholderData} className={styles.rows}>
              <RequestTable
                rows={rows}
                empty={<EmptyState text={filters.isFiltering ? t('list.nothing') : t('list.empty')} />}
                onOpen={({ id }) => go(`/logs/${encodeURIComponent(id)}`)}
                onEnd={() => {
                  if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
                }}
              />
            </div>
          )}
        </QueryView>
      </Section>
      {params !== null && <RequestSheet id={params.id} onClose={() => go('/logs')} />}
    </>
  );
}

function PauseButton({ isPaused, onToggle }: { readonly isPaused: boolean; readonly onToggle: () => void }) {
  const { t } = useTranslation('logs');
  const Icon = isPaused ? IconPlayerPlay : IconPlayerPause;
  return (
    <Button variant="default" leftSection={<Icon size={14} aria-hidden="true" />} onClick={onToggle}>
      {isPaused ? t('live.resume') : t('live.pause')}
    </Button>
  );
}
