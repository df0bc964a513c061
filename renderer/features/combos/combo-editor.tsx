/** A combo's name, strategy and models in order. */
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { api, failureOf, type Inputs, type Outputs, queries, queryClient } from '../../api.ts';
import { useModelNames } from '../../ui/model-names.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { moved, SortableList } from '../../ui/sortable-list.tsx';
import { QueryView, RowsSkeleton } from '../../ui/states.tsx';
import styles from './combos.module.css';

const STRATEGIES = ['priority', 'round-robin', 'random', 'weighted', 'least-used', 'cost-optimized'] as const;
type Strategy = (typeof STRATEGIES)[number];
type Combo = Outputs['combos']['list']['combos'][number];
interface Entry {
  readonly model: string;
  readonly weight?: number | undefined;
}
interface Values {
  readonly name: string;
  readonly strategy: Strategy;
  readonly models: readonly Entry[];
}

export function ComboEditorPage({ id }: { readonly id: string }) {
  const { t } = useTranslation('combos');
  const combos = useQuery(queries.combos.list.queryOptions());
  return (
    <PageStack>
      <QueryView query={combos} skeleton={<RowsSkeleton />} errorTitle={t('failed')}>
        {({ combos: all }) => <Editor combo={all.find((one) => one.id === id)} />}
      </QueryView>
    </PageStack>
  );
}

function Editor({ combo }: { readonly combo: Combo | undefined }) {
  const { t } = useTranslation('combos');
  const [, go] = useLocation();
  const [values, setValues] = useState<Values>(() => valuesOf(combo));
  const set = (change: Partial<Values>): void => setValues((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: async () => {
      const input: Inputs['combos']['create'] = {
        ...values,
        models: values.models.map(({ model, weight }) => (weight === undefined ? model : { model, weight })),
      };
      await (combo === undefined ? api.combos.create(input) : api.combos.update({ id: combo.id, ...input }));
      await queryClient.invalidateQueries({ queryKey: queries.combos.key() });
    },
    onSuccess: () => go('/combos'),
  });
  const isReady = values.name.trim() !== '' && values.models.length > 0;
  return (
    <>
      <PageHeader
        title={combo?.name ?? t('create')}
        action={
          <Button loading={save.isPending} disabled={!isReady} onClick={() => save.mutate()}>
            {t('save')}
          </Button>
        }
      />
      <Section title={t('column.name')} description={t('about')}>
        <div className={styles.form}>
          <TextInput
            label={t('column.name')}
            maxLength={100}
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Select
            label={t('column.strategy')}
            description={t(`explain.${values.strategy}`)}
            allowDeselect={false}
            data={STRATEGIES.map((value) => ({ value, label: t(`strategy.${value}`) }))}
            value={values.strategy}
            onChange={(strategy) => strategy !== null && set({ strategy })}
          />
          {save.error !== null && (
            <p role="alert" className={styles.error}>
              {failureOf(save.error).message}
            </p>
          )}
        </div>
      </Section>
      <Models values={values} own={combo?.name} onChange={(models) => set({ models })} />
    </>
  );
}

interface ModelsProps {
  readonly values: Values;
  /** The combo's own name, which it may not hold. */
  readonly own: string | undefined;
  readonly onChange: (models: readonly Entry[]) => void;
}

function Models({ values: { models, strategy }, own, onChange }: ModelsProps) {
  const { t } = useTranslation('combos');
  const choices = useModelNames().filter((name) => name !== own && !models.some(({ model }) => model === name));
  const change = (model: string, weight: number): void =>
    onChange(models.map((entry) => (entry.model === model ? { model, weight } : entry)));
  return (
    <Section title={t('column.models')}>
      <div className={styles.form}>
        <SortableList
          label={t('column.models')}
          items={models}
          idOf={({ model }) => model}
          nameOf={({ model }) => model}
          onMove={(from, to) => onChange(moved(models, from, to))}
        >
          {({ model, weight }) => (
            <div className={styles.item}>
              <code>{model}</code>
              <span className={styles.line}>
                {strategy === 'weighted' && (
                  <NumberInput
                    aria-label={t('weightOf', { name: model })}
                    min={0}
                    max={100}
                    w={80}
                    value={weight ?? 0}
                    onChange={(value) => change(model, Number(value))}
                  />
                )}
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('removeOf', { name: model })}
                  onClick={() => onChange(models.filter((entry) => entry.model !== model))}
                >
                  {t('remove')}
                </Button>
              </span>
            </div>
          )}
        </SortableList>
        <Select
          label={t('add')}
          searchable
          limit={100}
          data={choices}
          value={null}
          onChange={(model) => model !== null && onChange([...models, { model }])}
        />
      </div>
    </Section>
  );
}

function valuesOf(combo: Combo | undefined): Values {
  if (combo === undefined) return { name: '', strategy: 'priority', models: [] };
  const models = combo.models.map((entry) => (typeof entry === 'string' ? { model: entry } : entry));
  return { name: combo.name, strategy: combo.strategy, models };
}
