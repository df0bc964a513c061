/** Named lists of models: when one of a list is exhausted, those after it are asked. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { type Chain, ChainEditor } from './chain-editor.tsx';
import styles from './settings.module.css';

export function FallbackChains() {
  const { t } = useTranslation('settings');
  const chains = useQuery(queries.fallbackChains.list.queryOptions());
  const [edited, setEdited] = useState<Chain>();
  const create = (
    <Button variant="default" onClick={() => setEdited({ name: '', models: [] })}>
      {t('chain.create')}
    </Button>
  );
  return (
    <Section isFlush title={t('chain.title')} description={t('chain.text')} aside={create}>
      <QueryView query={chains} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('chain.failed')}>
        {({ chains: found }) => (
          <ChainTable rows={Object.entries(found).map(([name, models]) => ({ name, models }))} onEdit={setEdited} />
        )}
      </QueryView>
      {edited !== undefined && <ChainEditor chain={edited} onClose={() => setEdited(undefined)} />}
    </Section>
  );
}

interface ChainTableProps {
  readonly rows: readonly Chain[];
  readonly onEdit: (chain: Chain) => void;
}

function ChainTable({ rows, onEdit }: ChainTableProps) {
  const { t } = useTranslation('settings');
  const { isLeaving, start } = useUndoable(async (name) => {
    await api.fallbackChains.remove({ name });
    await queryClient.invalidateQueries({ queryKey: queries.fallbackChains.key() });
  });
  const columns: readonly Column<Chain>[] = [
    { id: 'name', header: t('chain.name'), cell: ({ name }) => name, sortBy: ({ name }) => name },
    { id: 'models', header: t('chain.models'), cell: ({ models }) => <code>{models.join(' → ')}</code> },
    {
      id: 'action',
      header: t('action'),
      isNumeric: true,
      cell: (chain) => (
        <span className={styles.pair}>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('editNamed', { name: chain.name })}
            onClick={() => onEdit(chain)}
          >
            {t('edit')}
          </Button>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t('removeNamed', { name: chain.name })}
            onClick={() => start(chain.name, t('chain.removed', { name: chain.name }))}
          >
            {t('remove')}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t('chain.title')}
      columns={columns}
      rows={rows.filter(({ name }) => !isLeaving(name))}
      rowKey={({ name }) => name}
      empty={<EmptyState text={t('chain.empty')} />}
    />
  );
}
