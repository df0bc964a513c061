/** Every combo with its models and what came of it: tried, changed, copied and removed here. */
import { Badge, Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatPercent } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { ComboTest } from './combo-test.tsx';
import styles from './combos.module.css';

type Combo = Outputs['combos']['list']['combos'][number];

export function ComboList() {
  const { t } = useTranslation('combos');
  const [, go] = useLocation();
  const combos = useQuery(queries.combos.list.queryOptions());
  const test = useMutation({ mutationFn: (combo: Combo) => api.comboTests.test({ comboName: combo.name }) });
  const removing = useUndoable((id) =>
    api.combos.remove({ id }).finally(() => queryClient.invalidateQueries({ queryKey: queries.combos.key() })),
  );
  const create = (
    <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => go('/combos/new')}>
      {t('create')}
    </Button>
  );
  const columns = useColumns(
    (combo) => test.mutate(combo),
    ({ id, name }) => removing.start(id, t('removed', { name })),
  );
  return (
    <PageStack>
      <PageHeader title={t('title')} action={create} />
      {test.variables !== undefined && <ComboTest combo={test.variables} answer={test.data} error={test.error} />}
      <Section isFlush title={t('list')} description={t('about')}>
        <QueryView query={combos} skeleton={<RowsSkeleton />} errorTitle={t('failed')}>
          {({ combos: all }) => (
            <DataTable
              label={t('list')}
              columns={columns}
              rows={all.filter(({ id }) => !removing.isLeaving(id))}
              rowKey={({ id }) => id}
              onOpen={({ id }) => go(`/combos/${id}`)}
              empty={<EmptyState text={t('empty')} action={create} />}
            />
          )}
        </QueryView>
      </Section>
    </PageStack>
  );
}

function useColumns(onTest: (combo: Combo) => void, onRemove: (combo: Combo) => void): readonly Column<Combo>[] {
  const { t } = useTranslation('combos');
  const metrics = useQuery(queries.comboTests.metrics.queryOptions({ input: {} }));
  const rate = (name: string, kind: 'successRate' | 'fallbackRate'): string => {
    const sums = metrics.data?.metrics[name];
    return sums === undefined || sums.totalRequests === 0 ? '–' : formatPercent(sums[kind] / 100);
  };
  return [
    {
      id: 'name',
      header: t('column.name'),
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => (
        <span className={styles.line}>
          <Link href={`/combos/${id}`}>{name}</Link>
          <CopyButton text={name} label={t('copy', { name })} />
        </span>
      ),
    },
    {
      id: 'strategy',
      header: t('column.strategy'),
      cell: ({ strategy }) => (
        <Badge variant="default" className={styles.badge ?? ''}>
          {t(`strategy.${strategy}`)}
        </Badge>
      ),
    },
    {
      id: 'models',
      header: t('column.models'),
      isExtra: true,
      cell: ({ models }) => models.map((entry) => (typeof entry === 'string' ? entry : entry.model)).join(' → '),
    },
    { id: 'success', header: t('column.success'), isNumeric: true, cell: ({ name }) => rate(name, 'successRate') },
    { id: 'fallback', header: t('column.fallback'), isNumeric: true, cell: ({ name }) => rate(name, 'fallbackRate') },
    {
      id: 'actions',
      header: t('column.actions'),
      cell: (combo) => (
        <span className={styles.line}>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('testOf', { name: combo.name })}
            onClick={() => onTest(combo)}
          >
            {t('test')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('removeOf', { name: combo.name })}
            onClick={() => onRemove(combo)}
          >
            {t('remove')}
          </Button>
        </span>
      ),
    },
  ];
}
