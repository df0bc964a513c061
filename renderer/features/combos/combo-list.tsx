/** Every combo with its models and what came of it: tried, changed, copied and removed here. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { api, queries, queryClient } from '../../api.ts';
import { SearchField } from '../../ui/controls.tsx';
import { usePageActions } from '../../ui/page-actions.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section, TileGrid } from '../../ui/section.tsx';
import { EmptyState, QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { ComboCard } from './combo-card.tsx';
import { type Combo, modelOf } from './combo-values.ts';
import { TemplateCards } from './template-cards.tsx';

const CARD_PX = { width: 380, height: 200 };

export function ComboList() {
  const { t } = useTranslation('combos');
  const [, go] = useLocation();
  const combos = useQuery(queries.combos.list.queryOptions());
  const [search, setSearch] = useState('');
  const removing = useUndoable((id) =>
    api.combos.remove({ id }).finally(() => queryClient.invalidateQueries({ queryKey: queries.combos.key() })),
  );
  usePageActions(useMemo(() => [{ id: 'create-combo', label: t('create'), run: () => go('/combos/new') }], [t, go]));
  const create = (
    <Button leftSection={<IconPlus size={14} aria-hidden="true" />} onClick={() => go('/combos/new')}>
      {t('create')}
    </Button>
  );
  const staying = (all: readonly Combo[]): readonly Combo[] => all.filter(({ id }) => !removing.isLeaving(id));
  return (
    <PageStack>
      <PageHeader title={t('title')} action={create} />
      <QueryView
        query={combos}
        skeleton={<TilesSkeleton tiles={4} heightPx={CARD_PX.height} />}
        errorTitle={t('failed')}
      >
        {({ combos: all }) =>
          staying(all).length === 0 ? (
            <Section title={t('start')} description={t('empty')}>
              <TemplateCards onChoose={(name) => go(`/combos/new?template=${name}`)} />
            </Section>
          ) : (
            <>
              <Section
                title={t('list', { count: staying(all).length })}
                description={t('about')}
                aside={<SearchField label={t('search')} value={search} onChange={setSearch} />}
              />
              <Cards
                combos={staying(all).filter((combo) => isFound(combo, search))}
                onRemove={({ id, name }) => removing.start(id, t('removed', { name }))}
              />
            </>
          )
        }
      </QueryView>
    </PageStack>
  );
}

interface CardsProps {
  readonly combos: readonly Combo[];
  readonly onRemove: (combo: Combo) => void;
}

function Cards({ combos, onRemove }: CardsProps) {
  const { t } = useTranslation('combos');
  const metrics = useQuery(queries.comboTests.metrics.queryOptions({ input: {} }));
  if (combos.length === 0) return <EmptyState text={t('nothing')} />;
  return (
    <TileGrid minWidthPx={CARD_PX.width}>
      {combos.map((combo) => (
        <ComboCard
          key={combo.id}
          combo={combo}
          metrics={metrics.data?.metrics[combo.name]}
          onRemove={() => onRemove(combo)}
        />
      ))}
    </TileGrid>
  );
}

function isFound({ name, models }: Combo, search: string): boolean {
  return [name, ...models.map(modelOf)].join(' ').toLowerCase().includes(search.trim().toLowerCase());
}
