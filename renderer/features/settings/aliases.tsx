/** Names that stand for models: making one, removing one, and trying what a name would mean. */
import { Autocomplete, Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FormError } from '../../ui/form-parts.tsx';
import { useModelNames } from '../../ui/model-names.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { useUndoable } from '../../ui/undoable.tsx';
import styles from './settings.module.css';

type Alias = readonly [name: string, model: string];

export function Aliases() {
  const { t } = useTranslation('settings');
  const aliases = useQuery(queries.models.aliases.queryOptions());
  return (
    <Section isFlush title={t('alias.title')} description={t('alias.text')}>
      <QueryView query={aliases} skeleton={<RowsSkeleton rows={3} />} errorTitle={t('alias.failed')}>
        {({ aliases: found }) => <AliasTable rows={Object.entries(found)} />}
      </QueryView>
      <div className={styles.foot}>
        <AddAlias />
        <TestAlias />
      </div>
    </Section>
  );
}

const renew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: queries.models.key() });

function AliasTable({ rows }: { readonly rows: readonly Alias[] }) {
  const { t } = useTranslation('settings');
  const { isLeaving, start } = useUndoable(async (alias) => {
    await api.models.removeAlias({ query: { alias } });
    await renew();
  });
  const columns: readonly Column<Alias>[] = [
    { id: 'name', header: t('alias.name'), cell: ([name]) => <code>{name}</code>, sortBy: ([name]) => name },
    { id: 'model', header: t('alias.model'), cell: ([, model]) => <code>{model}</code>, sortBy: ([, model]) => model },
    {
      id: 'action',
      header: t('action'),
      isNumeric: true,
      cell: ([name]) => (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={t('removeNamed', { name })}
          onClick={() => start(name, t('alias.removed', { name }))}
        >
          {t('remove')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('alias.title')}
      columns={columns}
      rows={rows.filter(([name]) => !isLeaving(name))}
      rowKey={([name]) => name}
      empty={<EmptyState text={t('alias.empty')} />}
    />
  );
}

const EMPTY = { alias: '', model: '' };

function AddAlias() {
  const { t } = useTranslation('settings');
  const [values, setValues] = useState(EMPTY);
  const add = useMutation({
    mutationFn: async () => {
      await api.models.putAlias(values);
      await renew();
    },
    onSuccess: () => setValues(EMPTY),
  });
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <TextInput
        label={t('alias.name')}
        placeholder="claude-*"
        maxLength={300}
        value={values.alias}
        onChange={(event) => setValues({ ...values, alias: event.currentTarget.value })}
      />
      <Autocomplete
        label={t('alias.model')}
        limit={50}
        maxLength={300}
        data={[...useModelNames()]}
        value={values.model}
        onChange={(model) => setValues({ ...values, model })}
      />
      <Button type="submit" loading={add.isPending} disabled={values.alias === '' || values.model === ''}>
        {t('alias.add')}
      </Button>
      <FormError error={add.error} />
    </form>
  );
}

/** Says while typing what a name would stand for; no provider is asked. */
function TestAlias() {
  const { t } = useTranslation('settings');
  const [model, setModel] = useState('');
  const test = useQuery(queries.models.testAlias.queryOptions({ input: { model }, enabled: model.trim() !== '' }));
  const { meaning, target = '' } = test.data ?? {};
  return (
    <div className={styles.line}>
      <TextInput
        label={t('alias.test')}
        placeholder="claude-sonnet-4-5"
        maxLength={300}
        value={model}
        onChange={(event) => setModel(event.currentTarget.value)}
      />
      <p role="status" className={test.isError ? styles.error : styles.answer}>
        {meaning !== undefined && model !== '' && t(`alias.means.${meaning}`, { name: model, target })}
        {test.isError && failureOf(test.error).message}
      </p>
    </div>
  );
}
