/** The models of a provider under the names that clients send, and the ones that a person adds. */
import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { SearchField } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatMoney } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import { Tokens } from '../../ui/values.tsx';
import { AddModel } from './add-model.tsx';
import type { ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';

type Model = Outputs['models']['catalog']['catalog'][string]['models'][number];

/** From so many models on, only those in sight are drawn. */
const MANY = 60;

export function ProviderModels({ row: { id, alias, name } }: { readonly row: ProviderRow }) {
  const { t } = useTranslation('providers');
  const catalog = useQuery(queries.models.catalog.queryOptions({ input: { provider: id } }));
  const [search, setSearch] = useState('');
  const [isAdding, setIsAdding] = useState(false);
  const removing = useUndoable((model) =>
    api.providerModels
      .remove({ query: { provider: id, model } })
      .finally(() => queryClient.invalidateQueries({ queryKey: queries.models.key() })),
  );
  const columns = useColumns(alias, (model) => removing.start(model, t('models.removed', { model })));
  return (
    <Section
      isFlush
      title={t('models.title')}
      description={t('models.hint')}
      aside={
        <>
          <SearchField label={t('models.search')} value={search} onChange={setSearch} />
          <Button variant="default" className={styles.whole ?? ''} onClick={() => setIsAdding(true)}>
            {t('models.add')}
          </Button>
        </>
      }
    >
      <QueryView query={catalog} skeleton={<RowsSkeleton />} errorTitle={t('models.failed')}>
        {({ catalog: byAlias }) => {
          const all = (byAlias[alias]?.models ?? []).filter((model) => !removing.isLeaving(model.id));
          const wanted = all.filter((model) =>
            `${model.id} ${model.name}`.toLowerCase().includes(search.toLowerCase()),
          );
          return (
            <DataTable
              label={t('models.of', { name })}
              columns={columns}
              rows={wanted}
              rowKey={(model) => model.id}
              isVirtual={wanted.length > MANY}
              empty={<EmptyState text={all.length === 0 ? t('models.empty') : t('nothing')} />}
            />
          );
        }}
      </QueryView>
      {isAdding && <AddModel provider={id} alias={alias} onClose={() => setIsAdding(false)} />}
    </Section>
  );
}

function useColumns(alias: string, onRemove: (id: string) => void): readonly Column<Model>[] {
  const { t } = useTranslation('providers');
  return [
    {
      id: 'model',
      header: t('models.model'),
      sortBy: ({ id }) => id,
      cell: (model) => <ModelName model={model} full={`${alias}/${model.id}`} />,
    },
    {
      id: 'type',
      header: t('models.type'),
      width: '96px',
      isExtra: true,
      sortBy: ({ type }) => type,
      cell: ({ type }) => type,
    },
    {
      id: 'context',
      header: t('models.context'),
      width: '104px',
      isNumeric: true,
      sortBy: ({ contextTokens = 0 }) => contextTokens,
      cell: ({ contextTokens }) => (contextTokens === undefined ? '–' : <Tokens count={contextTokens} />),
    },
    {
      id: 'price',
      header: t('models.price'),
      width: '168px',
      isNumeric: true,
      sortBy: ({ price }) => price?.input ?? -1,
      cell: ({ price }) => (price === undefined ? '–' : `${formatMoney(price.input)} · ${formatMoney(price.output)}`),
    },
    {
      id: 'actions',
      header: t('models.actions'),
      width: '72px',
      isNumeric: true,
      cell: (model) =>
        model.custom && (
          <ActionIcon aria-label={t('models.remove', { model: model.id })} onClick={() => onRemove(model.id)}>
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        ),
    },
  ];
}

function ModelName({ model, full }: { readonly model: Model; readonly full: string }) {
  const { t } = useTranslation('providers');
  const { custom, retiredOn, replacedBy } = model;
  return (
    <div className={styles.modelName}>
      <code>{full}</code>
      <CopyButton text={full} label={t('models.copy', { model: full })} />
      {custom && <span className={styles.quiet}>{t('models.custom')}</span>}
      {retiredOn !== undefined && (
        <span className={styles.warn}>
          {replacedBy === undefined
            ? t('models.retired', { date: retiredOn })
            : t('models.replaced', { date: retiredOn, model: replacedBy })}
        </span>
      )}
    </div>
  );
}
