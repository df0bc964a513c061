import { Modal, NumberInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import styles from './providers.module.css';

export interface AddModelProps {
  readonly provider: string;
  readonly alias: string;
  readonly onClose: () => void;
}

/** A model that the catalog does not know yet: any id that the provider takes. */
export function AddModel({ provider, alias, onClose }: AddModelProps) {
  const { t } = useTranslation('providers');
  const [modelId, setModelId] = useState('');
  const [modelName, setModelName] = useState('');
  const [contextTokens, setContextTokens] = useState<number | ''>('');
  const add = useMutation({
    mutationFn: async () => {
      await api.providerModels.put({
        ...{ provider, modelId },
        ...(modelName.trim() !== '' && { modelName }),
        ...(contextTokens !== '' && { contextTokens }),
      });
      await queryClient.invalidateQueries({ queryKey: queries.models.key() });
    },
    onSuccess: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={t('models.add')} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <TextInput
          label={t('models.id')}
          description={t('models.idHint', { alias })}
          data-autofocus
          maxLength={300}
          value={modelId}
          onChange={(event) => setModelId(event.currentTarget.value)}
        />
        <TextInput
          label={t('models.name')}
          maxLength={100}
          value={modelName}
          onChange={(event) => setModelName(event.currentTarget.value)}
        />
        <NumberInput
          label={t('models.contextTokens')}
          min={1}
          allowDecimal={false}
          thousandSeparator=" "
          value={contextTokens}
          onChange={(value) => setContextTokens(typeof value === 'number' ? value : '')}
        />
        <FormError error={add.error} />
        <FormButtons
          submitLabel={t('models.submit')}
          isBusy={add.isPending}
          isReady={modelId.trim() !== ''}
          onCancel={onClose}
        />
      </form>
    </Modal>
  );
}
