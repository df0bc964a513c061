import { Button, NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, failureOf, type Inputs } from '../../api.ts';
import { formatDuration } from '../../ui/format.ts';
import styles from './providers.module.css';

type Proxy = Inputs['proxy']['test']['proxy'];
type ProxyType = Proxy['type'];

export interface ProxyValues {
  readonly isOn: boolean;
  readonly type: ProxyType;
  readonly host: string;
  readonly port: number | '';
  readonly username: string;
  /** '' keeps what is stored. */
  readonly password: string;
}

export const NO_PROXY: ProxyValues = { isOn: false, type: 'socks5', host: '', port: '', username: '', password: '' };

export interface ProxyFieldsProps {
  readonly values: ProxyValues;
  readonly onChange: (change: Partial<ProxyValues>) => void;
}

/** The network proxy that an account's calls go through; it can be tried before it is kept. */
export function ProxyFields({ values, onChange }: ProxyFieldsProps) {
  const { t } = useTranslation('providers');
  const { isOn, type, host, port, username, password } = values;
  return (
    <>
      <Switch
        label={t('proxy.label')}
        description={t('proxy.hint')}
        checked={isOn}
        onChange={(event) => onChange({ isOn: event.currentTarget.checked })}
      />
      {isOn && (
        <>
          <div className={styles.pair}>
            <Select
              label={t('proxy.type')}
              allowDeselect={false}
              data={['socks5', 'http', 'https']}
              value={type}
              onChange={(value) => onChange({ type: (value ?? 'socks5') as ProxyType })}
            />
            <TextInput
              label={t('proxy.host')}
              required
              withAsterisk={false}
              value={host}
              onChange={(event) => onChange({ host: event.currentTarget.value })}
            />
            <NumberInput
              label={t('proxy.port')}
              required
              withAsterisk={false}
              min={1}
              max={65_535}
              value={port}
              onChange={(value) => onChange({ port: typeof value === 'number' ? value : '' })}
            />
            <TextInput
              label={t('proxy.username')}
              autoComplete="off"
              value={username}
              onChange={(event) => onChange({ username: event.currentTarget.value })}
            />
            <PasswordInput
              label={t('proxy.password')}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': t('key.show') }}
              value={password}
              onChange={(event) => onChange({ password: event.currentTarget.value })}
            />
          </div>
          <ProxyTest values={values} />
        </>
      )}
    </>
  );
}

function ProxyTest({ values }: { readonly values: ProxyValues }) {
  const { t } = useTranslation('providers');
  const test = useMutation({ mutationFn: () => api.proxy.test({ proxy: proxyInput(values) }) });
  const error = test.error === null ? test.data?.error : failureOf(test.error).message;
  const { publicIp = '', latencyMs = 0 } = test.data ?? {};
  return (
    <div className={styles.controls}>
      <Button
        variant="default"
        size="compact-sm"
        loading={test.isPending}
        disabled={values.host === '' || values.port === ''}
        onClick={() => test.mutate()}
      >
        {t('proxy.test')}
      </Button>
      <span role="status" className={error === undefined ? styles.good : styles.bad}>
        {error ??
          (test.data?.success === true && t('proxy.works', { address: publicIp, time: formatDuration(latencyMs) }))}
      </span>
    </div>
  );
}

export function proxyInput({ type, host, port, username, password }: ProxyValues): Proxy {
  return {
    ...{ type, host, port: Number(port) },
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
  };
}
