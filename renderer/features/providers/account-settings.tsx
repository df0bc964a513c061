/** What is set for one account alone: its name and key, its network proxy, its limits, and what its calls tell of us. */
import { Modal, PasswordInput, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { FormButtons, FormError } from '../../ui/form-parts.tsx';
import { proxyInput, proxyValuesOf } from '../../ui/proxy-form.tsx';
import { RowsSkeleton } from '../../ui/states.tsx';
import { AccountProxy, type AccountProxyValues } from './account-proxy.tsx';
import { LimitFields, type LimitValues, limitsOf } from './limit-fields.tsx';
import type { Connection, ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';

export interface AccountSettingsProps {
  readonly account: Connection;
  readonly row: ProviderRow;
  readonly onClose: () => void;
}

type Proxies = Outputs['proxy']['get'];

export function AccountSettings(props: AccountSettingsProps) {
  const { t } = useTranslation('providers');
  const proxies = useQuery({ ...queries.proxy.get.queryOptions({ input: {} }), staleTime: 0 });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t('accounts.settings', { name: props.account.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {proxies.data === undefined ? (
        <RowsSkeleton />
      ) : (
        <SettingsForm {...props} proxy={proxyOf(proxies.data, props.account.id)} />
      )}
    </Modal>
  );
}

function SettingsForm({
  account,
  row,
  proxy: before,
  onClose,
}: AccountSettingsProps & { readonly proxy: AccountProxyValues }) {
  const { t } = useTranslation('providers');
  const [name, setName] = useState(account.name);
  const [apiKey, setApiKey] = useState('');
  const [proxy, setProxy] = useState(before);
  const [limits, setLimits] = useState<LimitValues>(() => limitsOf(account));
  const [identity, setIdentity] = useState(account.sendsClientIdentity === true);
  const save = useMutation({
    mutationFn: () => saveAccount(account, { name, apiKey, proxy, limits, identity, hadProxy: before.isOn }),
    onSuccess: onClose,
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput
        label={t('key.name')}
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {account.authType === 'apikey' && (
        <PasswordInput
          label={t('key.new')}
          description={t('key.newHint')}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('key.show') }}
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
        />
      )}
      <AccountProxy values={proxy} onChange={(change) => setProxy((now) => ({ ...now, ...change }))} />
      <LimitFields values={limits} onChange={(change) => setLimits((now) => ({ ...now, ...change }))} />
      {account.authType === 'oauth' && row.ownClient !== undefined && (
        <Switch
          label={t('identity.label', { client: row.ownClient })}
          description={
            <>
              {t('identity.hint', { name: row.name })} {row.terms?.sentence}
            </>
          }
          checked={identity}
          onChange={(event) => setIdentity(event.currentTarget.checked)}
        />
      )}
      <FormError error={save.error} />
      <FormButtons submitLabel={t('save')} isBusy={save.isPending} isReady={name.trim() !== ''} onCancel={onClose} />
    </form>
  );
}

interface Wanted {
  readonly name: string;
  readonly apiKey: string;
  readonly proxy: AccountProxyValues;
  readonly limits: LimitValues;
  readonly identity: boolean;
  readonly hadProxy: boolean;
}

async function saveAccount(account: Connection, wanted: Wanted): Promise<void> {
  const { id } = account;
  const { name, apiKey, proxy, limits, identity, hadProxy } = wanted;
  const { isOn, ...members } = limits;
  await api.providers.update({
    id,
    name,
    ...(apiKey.trim() !== '' && { apiKey }),
    ...(isOn ? { rateLimitProtection: true, rateLimits: numbersOf(members) } : { rateLimitProtection: false }),
    ...(identity !== (account.sendsClientIdentity === true) && { sendsClientIdentity: identity }),
  });
  if (proxy.isOn || hadProxy) await api.proxy.put({ level: 'key', id, proxy: proxy.isOn ? proxyInput(proxy) : null });
  const keys = [queries.providers.key(), queries.proxy.key(), queries.resilience.key()];
  await Promise.all(keys.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}

/** The members that were filled in. */
function numbersOf(members: Omit<LimitValues, 'isOn'>): Record<string, number> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, number] => entry[1] !== ''));
}

function proxyOf(proxies: Proxies, connectionId: string): AccountProxyValues {
  const own = 'keys' in proxies ? proxies.keys[connectionId] : undefined;
  return { ...proxyValuesOf(own), isOn: own !== undefined, hasPassword: own?.hasPassword === true };
}
