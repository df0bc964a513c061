/** API keys for clients: who may call, which models, for how much; made, changed and revoked here. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { SearchField } from '../../ui/controls.tsx';
import { usePageActions } from '../../ui/page-actions.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { CreateKey } from './create-key.tsx';
import { EditKey } from './edit-key.tsx';
import { type KeyRow, useKeyRows } from './key-rows.ts';
import { KeyTable } from './key-table.tsx';

export function KeysPage() {
  const { t } = useTranslation('keys');
  const rows = useKeyRows();
  const settings = useQuery(queries.settings.get.queryOptions());
  const [search, setSearch] = useState('');
  const [isCreating, setIsCreating] = useState(false);
  const [edited, setEdited] = useState<KeyRow>();
  const revoking = useUndoable((id) =>
    api.keys.remove({ id }).finally(() => queryClient.invalidateQueries({ queryKey: queries.keys.key() })),
  );
  usePageActions(useMemo(() => [{ id: 'create-key', label: t('create.title'), run: () => setIsCreating(true) }], [t]));
  const create = (
    <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => setIsCreating(true)}>
      {t('create.title')}
    </Button>
  );
  const isWanted = ({ id, name, hint }: KeyRow): boolean =>
    !revoking.isLeaving(id) && `${name} ${hint}`.toLowerCase().includes(search.toLowerCase());
  return (
    <PageStack>
      <PageHeader title={t('title')} action={create} />
      <Section
        isFlush
        title={t('list.title')}
        description={settings.data?.requireApiKey === true ? t('list.required') : t('list.optional')}
        aside={<SearchField label={t('list.search')} value={search} onChange={setSearch} />}
      >
        <QueryView query={rows} skeleton={<RowsSkeleton />} errorTitle={t('list.failed')}>
          {(all) => (
            <KeyTable
              rows={all.filter(isWanted)}
              empty={
                <EmptyState
                  text={all.length === 0 ? t('list.empty') : t('list.nothing')}
                  action={all.length === 0 && create}
                />
              }
              onEdit={setEdited}
              onRevoke={({ id, name }) => revoking.start(id, t('revoked', { name }))}
            />
          )}
        </QueryView>
      </Section>
      {isCreating && <CreateKey onClose={() => setIsCreating(false)} />}
      {edited !== undefined && <EditKey row={edited} onClose={() => setEdited(undefined)} />}
    </PageStack>
  );
}
