/** A combo's name, strategy, models in order and own limits; a new one from nothing, a template or another combo. */
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useSearch } from 'wouter';
import { api, queries, queryClient } from '../../api.ts';
import { FormError } from '../../ui/form-parts.tsx';
import { useLeaveGuard } from '../../ui/leave-guard.tsx';
import { goUnasked } from '../../ui/location.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack, Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Advanced } from './advanced.tsx';
import { type Combo, type ComboValues, copyName, NO_VALUES, STRATEGIES, toInput, valuesOf } from './combo-values.ts';
import styles from './combos.module.css';
import { ModelList } from './model-list.tsx';
import { TemplateCards } from './template-cards.tsx';
import { TEMPLATE_NAMES, templateValues } from './templates.ts';

export function ComboEditorPage({ id }: { readonly id: string }) {
  const { t } = useTranslation('combos');
  const query = new URLSearchParams(useSearch());
  const combos = useQuery(queries.combos.list.queryOptions());
  return (
    <PageStack>
      <QueryView query={combos} skeleton={<RowsSkeleton />} errorTitle={t('failed')}>
        {({ combos: all }) => {
          if (id === 'new') return <Editor key={`${query}`} combo={undefined} start={startOf(query, all)} />;
          const combo = all.find((one) => one.id === id);
          return combo === undefined ? <NotFound /> : <Editor combo={combo} start={valuesOf(combo)} />;
        }}
      </QueryView>
    </PageStack>
  );
}

/** What a new combo begins with: `?template=` or `?from=`, else nothing. */
function startOf(query: URLSearchParams, all: readonly Combo[]): ComboValues {
  const template = TEMPLATE_NAMES.find((name) => name === query.get('template'));
  if (template !== undefined) return templateValues(template);
  const source = all.find(({ id }) => id === query.get('from'));
  if (source === undefined) return NO_VALUES;
  const name = copyName(
    source.name,
    all.map((combo) => combo.name),
  );
  return { ...valuesOf(source), name };
}

function NotFound() {
  const { t } = useTranslation('combos');
  return (
    <>
      <PageHeader title={t('missing.title')} />
      <EmptyState text={t('missing.text')} action={<Link href="/combos">{t('missing.back')}</Link>} />
    </>
  );
}

interface EditorProps {
  /** The one to change; undefined: a new one. */
  readonly combo: Combo | undefined;
  readonly start: ComboValues;
}

function Editor({ combo, start }: EditorProps) {
  const { t } = useTranslation('combos');
  const [, go] = useLocation();
  const [first] = useState(start);
  const [values, setValues] = useState(start);
  const set = (change: Partial<ComboValues>): void => setValues((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: async () => {
      const input = toInput(values);
      await (combo === undefined ? api.combos.create(input) : api.combos.update({ id: combo.id, ...input }));
      await queryClient.invalidateQueries({ queryKey: queries.combos.key() });
    },
    onSuccess: () => goUnasked('/combos'),
  });
  const hasChanges = JSON.stringify(toInput(values)) !== JSON.stringify(toInput(first));
  useLeaveGuard(hasChanges);
  const isReady = values.name.trim() !== '' && values.models.length > 0;
  const buttons = (
    <span className={styles.line}>
      <Button variant="default" onClick={() => go('/combos')}>
        {t('cancel')}
      </Button>
      <Button loading={save.isPending} disabled={!isReady} onClick={() => save.mutate()}>
        {t('save')}
      </Button>
    </span>
  );
  return (
    <>
      <PageHeader title={combo?.name ?? t('create')} action={buttons} />
      {combo === undefined && values.models.length === 0 && (
        <Section title={t('start')}>
          <TemplateCards onChoose={(name) => setValues(templateValues(name))} />
        </Section>
      )}
      <Basics values={values} error={save.error} onChange={set} />
      <ModelList values={values} own={combo?.name} onChange={(models) => set({ models })} />
      <Advanced config={values.config} onChange={(config) => set({ config })} />
    </>
  );
}

interface BasicsProps {
  readonly values: ComboValues;
  /** Why the last save failed. */
  readonly error: unknown;
  readonly onChange: (change: Partial<ComboValues>) => void;
}

function Basics({ values: { name, strategy }, error, onChange }: BasicsProps) {
  const { t } = useTranslation('combos');
  return (
    <>
      <FormError error={error} />
      <Section title={t('basics')} description={t('about')}>
        <div className={styles.fields}>
          <TextInput
            label={t('name')}
            description={t('nameAbout')}
            placeholder="always-on"
            maxLength={100}
            value={name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <Select
            label={t('strategyLabel')}
            description={t(`explain.${strategy}`)}
            allowDeselect={false}
            data={STRATEGIES.map((value) => ({ value, label: t(`strategy.${value}`) }))}
            value={strategy}
            onChange={(value) => value !== null && onChange({ strategy: value })}
          />
        </div>
      </Section>
    </>
  );
}
