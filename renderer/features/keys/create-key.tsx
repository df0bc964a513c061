import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { CopyField } from '../../ui/copy.tsx';
import { KeyForm, NEW_KEY } from './key-form.tsx';
import styles from './keys.module.css';
import { createKey } from './save-key.ts';

/** Makes a key, then shows it: the only time that it can be read. */
export function CreateKey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('keys');
  const create = useMutation({ mutationFn: createKey });
  const made = create.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made === undefined ? t('create.title') : t('created.title', { name: made.name })}
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {made === undefined ? (
        <KeyForm
          initial={NEW_KEY}
          submitLabel={t('create.submit')}
          isBusy={create.isPending}
          error={create.error}
          onSubmit={(values) => create.mutate(values)}
          onCancel={onClose}
        />
      ) : (
        <div className={styles.form}>
          <p className={styles.text}>{t('created.once')}</p>
          <CopyField text={made.key} label={t('created.copy')} />
          <div className={styles.buttons}>
            <Button onClick={onClose}>{t('created.done')}</Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
