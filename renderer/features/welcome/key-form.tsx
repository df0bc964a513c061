import { Button, PasswordInput, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries } from '../../api.ts';
import { renewProviders } from './renew.ts';
import styles from './welcome.module.css';

/** Tries the key at its provider, and keeps it when it works. */
export function KeyForm({ onConnected }: { readonly onConnected: () => void }) {
  const { t } = useTranslation('welcome');
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const [provider, setProvider] = useState<string | null>(null);
  const [apiKey, setApiKey] = useState('');
  const chosen = known.data?.providers.find(({ id }) => id === provider);
  const connect = useMutation({
    mutationFn: async (input: { provider: string; apiKey: string; name: string }) => {
      const { provider: id, apiKey: key } = input;
      const outcome = await api.providers.validate({ provider: id, apiKey: key });
      if (!outcome.valid) throw new RefusedKey(outcome.error ?? '');
      await api.providers.create(input);
    },
    onSuccess: () => {
      renewProviders();
      onConnected();
    },
  });
  const options = (known.data?.providers ?? []).filter(({ takesKey, custom }) => takesKey && !custom);
  const error = connect.error instanceof RefusedKey ? connect.error.message : failureOf(connect.error).message;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== undefined) connect.mutate({ provider: chosen.id, apiKey: apiKey.trim(), name: chosen.name });
      }}
    >
      <Select
        label={t('key.provider')}
        placeholder={t('key.choose')}
        searchable
        data={options.map(({ id, name }) => ({ value: id, label: name }))}
        value={provider}
        onChange={setProvider}
        nothingFoundMessage={t('key.nothing')}
      />
      <PasswordInput
        label={t('key.key')}
        description={t('key.hint')}
        autoComplete="off"
        value={apiKey}
        onChange={(event) => setApiKey(event.currentTarget.value)}
      />
      {chosen?.keyUrl !== undefined && (
        <p className={styles.text}>
          <a href={chosen.keyUrl} target="_blank" rel="noreferrer">
            {t('key.get', { name: chosen.name })}
          </a>
        </p>
      )}
      {connect.isError && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
      <Button
        type="submit"
        className={styles.submit ?? ''}
        loading={connect.isPending}
        disabled={chosen === undefined || (apiKey.trim() === '' && chosen.needsKey)}
      >
        {t('key.submit')}
      </Button>
    </form>
  );
}

/** The provider said no to the key; the message is its reason. */
class RefusedKey extends Error {}
