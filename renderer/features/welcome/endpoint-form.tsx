import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Inputs } from '../../api.ts';
import { FormError } from '../../ui/form-parts.tsx';
import { renewProviders } from './renew.ts';
import styles from './welcome.module.css';

type NodeInput = Inputs['providerNodes']['create'];

/** Kinds of endpoints as one choice; the first is what most local servers speak. */
const KINDS: Readonly<Record<string, Pick<NodeInput, 'type' | 'apiType'>>> = {
  chat: { type: 'openai-compatible', apiType: 'chat' },
  responses: { type: 'openai-compatible', apiType: 'responses' },
  messages: { type: 'anthropic-compatible' },
  gemini: { type: 'gemini-compatible' },
};

/** A server of the person's own, local or not; the key is optional. */
export function EndpointForm({ onConnected }: { readonly onConnected: () => void }) {
  const { t } = useTranslation('welcome');
  const [values, setValues] = useState({ name: '', kind: 'chat', baseUrl: '', apiKey: '' });
  const set = (change: Partial<typeof values>): void => setValues((now) => ({ ...now, ...change }));
  const connect = useMutation({
    mutationFn: () => addEndpoint(values),
    onSuccess: () => {
      renewProviders();
      onConnected();
    },
  });
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate();
      }}
    >
      <TextInput
        label={t('endpoint.name')}
        description={t('endpoint.nameHint', { prefix: prefixOf(values.name) || 'mine' })}
        placeholder={t('endpoint.example')}
        value={values.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        label={t('endpoint.kind')}
        allowDeselect={false}
        data={Object.keys(KINDS).map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={values.kind}
        onChange={(kind) => set({ kind: kind ?? 'chat' })}
      />
      <TextInput
        label={t('endpoint.url')}
        type="url"
        placeholder="http://localhost:8000/v1"
        value={values.baseUrl}
        onChange={(event) => set({ baseUrl: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('endpoint.key')}
        description={t('endpoint.keyHint')}
        autoComplete="off"
        value={values.apiKey}
        onChange={(event) => set({ apiKey: event.currentTarget.value })}
      />
      <FormError error={connect.error} />
      <Button
        type="submit"
        className={styles.submit ?? ''}
        loading={connect.isPending}
        disabled={prefixOf(values.name) === '' || values.baseUrl.trim() === ''}
      >
        {t('endpoint.submit')}
      </Button>
    </form>
  );
}

interface EndpointValues {
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string;
  readonly apiKey: string;
}

async function addEndpoint({ name, kind, baseUrl, apiKey }: EndpointValues): Promise<void> {
  const { node } = await api.providerNodes.create({
    ...{ name: name.trim(), prefix: prefixOf(name), baseUrl: baseUrl.trim() },
    ...(KINDS[kind] ?? { type: 'openai-compatible', apiType: 'chat' }),
  });
  try {
    const key = apiKey.trim();
    await api.providers.create({ provider: node.id, name: name.trim(), ...(key !== '' && { apiKey: key }) });
  } catch (error) {
    await api.providerNodes.remove({ id: node.id });
    throw error;
  }
}

/** `My server` → `my-server`: what stands before the slash in the names of its models. */
function prefixOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
