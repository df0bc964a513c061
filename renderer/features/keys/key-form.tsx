/** The fields of a key, for making and for changing one. */
import { Checkbox, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BudgetLimits } from '../../ui/budget.ts';
import { BudgetFields } from '../../ui/budget-fields.tsx';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import { useModelNames } from '../../ui/model-names.ts';
import styles from './keys.module.css';

export interface KeyValues extends BudgetLimits {
  readonly name: string;
  readonly mayManage: boolean;
  readonly allowedModels: readonly string[];
  readonly noLog: boolean;
}

export const NEW_KEY: KeyValues = {
  ...{ name: '', mayManage: false, allowedModels: [], noLog: false },
  ...{ daily: '', weekly: '', monthly: '' },
};

export interface KeyFormProps {
  readonly initial: KeyValues;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: KeyValues) => void;
  readonly onCancel: () => void;
}

export function KeyForm({ initial, submitLabel, isBusy, error, onSubmit, onCancel }: KeyFormProps) {
  const { t } = useTranslation('keys');
  const [values, setValues] = useState(initial);
  const set = (change: Partial<KeyValues>): void => setValues((now) => ({ ...now, ...change }));
  const models = useModelNames({ asRules: true });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(values);
      }}
    >
      <TextInput
        label={t('form.name')}
        description={t('form.nameHint')}
        required
        withAsterisk={false}
        maxLength={100}
        data-autofocus
        value={values.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <TagsInput
        label={t('form.models')}
        description={t('form.modelsHint')}
        placeholder={values.allowedModels.length === 0 ? t('may.all') : ''}
        data={[...models]}
        limit={50}
        clearable
        clearButtonProps={{ 'aria-label': t('form.clear') }}
        value={[...values.allowedModels]}
        onChange={(allowedModels) => set({ allowedModels })}
      />
      <BudgetFields values={values} onChange={set} />
      <RightsFields values={values} onChange={set} />
      <FormError error={error} />
      <FormButtons submitLabel={submitLabel} isBusy={isBusy} isReady={values.name.trim() !== ''} onCancel={onCancel} />
    </form>
  );
}

interface FieldsProps {
  readonly values: KeyValues;
  readonly onChange: (change: Partial<KeyValues>) => void;
}

function RightsFields({ values, onChange }: FieldsProps) {
  const { t } = useTranslation('keys');
  return (
    <>
      <Switch
        label={t('form.noLog')}
        description={t('form.noLogHint')}
        checked={values.noLog}
        onChange={(event) => onChange({ noLog: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('form.manage')}
        description={t('form.manageHint')}
        checked={values.mayManage}
        onChange={(event) => onChange({ mayManage: event.currentTarget.checked })}
      />
    </>
  );
}
