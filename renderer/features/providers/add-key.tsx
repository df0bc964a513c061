import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, queries, queryClient } from '../../api.ts';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import { freeName, type ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';

interface NewAccount {
  readonly name: string;
  readonly apiKey: string;
  /** Keep it even where its provider does not accept it now. */
  readonly isForced: boolean;
}

/** The provider's own words against a key, when it was asked and said no. */
class RefusedKey extends Error {}

/** Takes a key, asks its provider whether it works, and only then keeps it. */
export function AddKey({ row, onClose }: { readonly row: ProviderRow; readonly onClose: () => void }) {
  const { t } = useTranslation('providers');
  const [name, setName] = useState(() => freeName(row.accounts, t('key.firstName')));
  const [apiKey, setApiKey] = useState('');
  const add = useMutation({ mutationFn: (account: NewAccount) => addAccount(row.id, account), onSuccess: onClose });
  const refused = add.error instanceof RefusedKey ? add.error.message : undefined;
  const isReady = name.trim() !== '' && (!row.needsKey || apiKey.trim() !== '');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('key.title', { name: row.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ name, apiKey, isForced: false });
        }}
      >
        <PasswordInput
          label={row.needsKey ? t('key.key') : t('key.optional')}
          description={row.keyUrl !== undefined && <KeyLink url={row.keyUrl} />}
          data-autofocus
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('key.show') }}
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
        />
        <TextInput
          label={t('key.name')}
          description={t('key.nameHint')}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {refused === undefined ? (
          <FormError error={add.error} />
        ) : (
          <div role="alert">
            <p className={styles.error}>{refused}</p>
            <Button variant="subtle" size="compact-sm" onClick={() => add.mutate({ name, apiKey, isForced: true })}>
              {t('key.force')}
            </Button>
          </div>
        )}
        <FormButtons submitLabel={t('key.submit')} isBusy={add.isPending} isReady={isReady} onCancel={onClose} />
      </form>
    </Modal>
  );
}

function KeyLink({ url }: { readonly url: string }) {
  const { t } = useTranslation('providers');
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {t('key.get')}
    </a>
  );
}

async function addAccount(provider: string, { name, apiKey, isForced }: NewAccount): Promise<void> {
  const key = apiKey.trim() === '' ? {} : { apiKey };
  if (!isForced) {
    const { valid, error } = await api.providers.validate({ provider, ...key });
    if (!valid) throw new RefusedKey(error ?? '');
  }
  const { connection } = await api.providers.create({ provider, name, ...key });
  // Notes that it works, and which models it has.
  if (!isForced) await api.providers.test({ id: connection.id });
  await queryClient.invalidateQueries({ queryKey: queries.providers.key() });
}
