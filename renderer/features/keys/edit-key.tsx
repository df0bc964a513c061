import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { limitsOf } from '../../ui/budget.ts';
import { KeyForm, type KeyValues } from './key-form.tsx';
import type { KeyRow } from './key-rows.ts';
import { updateKey } from './save-key.ts';

/** Changes what a key may do; the key itself stays as it is. */
export function EditKey({ row, onClose }: { readonly row: KeyRow; readonly onClose: () => void }) {
  const { t } = useTranslation('keys');
  const update = useMutation({ mutationFn: (values: KeyValues) => updateKey(row.id, values), onSuccess: onClose });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('edit.title', { name: row.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <KeyForm
        initial={valuesOf(row)}
        submitLabel={t('edit.submit')}
        isBusy={update.isPending}
        error={update.error}
        onSubmit={(values) => update.mutate(values)}
        onCancel={onClose}
      />
    </Modal>
  );
}

function valuesOf({ name, scopes, allowedModels, noLog, budget }: KeyRow): KeyValues {
  return {
    ...{ name, allowedModels, noLog },
    mayManage: scopes.includes('management'),
    ...limitsOf(budget),
  };
}
