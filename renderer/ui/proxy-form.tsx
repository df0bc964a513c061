/** A network proxy: where it is, as whom it is used, and whether it works before it is kept. */
import { Button, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, failureOf, type Inputs } from '../api.ts';
import { formatDuration } from './format.ts';
import styles from './proxy-form.module.css';

type Proxy = Inputs['proxy']['test']['proxy'];

const TYPES = ['socks5', 'http', 'https'] as const satisfies readonly Proxy['type'][];

/** Its password never comes back. */
export interface StoredProxy {
  readonly type: Proxy['type'];
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
}

export interface ProxyValues {
  readonly type: Proxy['type'];
  readonly host: string;
  readonly port: number | '';
  readonly username: string;
  /** '' keeps what is stored. */
  readonly password: string;
}

/** What is stored of a proxy, as the form shows it. */
export function proxyValuesOf(stored: StoredProxy | null | undefined): ProxyValues {
  const { type = 'socks5', host = '', port = '', username = '' } = stored ?? {};
  return { type, host, port, username, password: '' };
}

export function proxyInput({ type, host, port, username, password }: ProxyValues): Proxy {
  return {
    ...{ type, host: host.trim(), port: Number(port) },
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
  };
}

/** Is everything there that a proxy needs? */
export const isProxyReady = ({ host, port }: ProxyValues): boolean => host.trim() !== '' && port !== '';

export interface ProxyFormProps {
  readonly values: ProxyValues;
  /** A password is stored; it stays while none is typed. */
  readonly hasPassword: boolean;
  readonly onChange: (change: Partial<ProxyValues>) => void;
}

/** Fields within a form of the page's own. */
export function ProxyForm({ values, hasPassword, onChange }: ProxyFormProps) {
  const { t } = useTranslation();
  return (
    <div>
      <div className={styles.fields}>
        <Select
          label={t('proxy.type')}
          allowDeselect={false}
          data={[...TYPES]}
          value={values.type}
          onChange={(type) => onChange({ type: TYPES.find((known) => known === type) ?? 'socks5' })}
        />
        <TextInput
          label={t('proxy.host')}
          required
          withAsterisk={false}
          maxLength={253}
          value={values.host}
          onChange={(event) => onChange({ host: event.currentTarget.value })}
        />
        <NumberInput
          label={t('proxy.port')}
          required
          withAsterisk={false}
          hideControls
          min={1}
          max={65_535}
          value={values.port}
          onChange={(port) => onChange({ port: typeof port === 'number' ? port : '' })}
        />
        <TextInput
          label={t('proxy.username')}
          autoComplete="off"
          value={values.username}
          onChange={(event) => onChange({ username: event.currentTarget.value })}
        />
        <PasswordInput
          label={t('proxy.password')}
          placeholder={hasPassword ? t('proxy.kept') : ''}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('proxy.show') }}
          value={values.password}
          onChange={(event) => onChange({ password: event.currentTarget.value })}
        />
      </div>
      <ProxyTest values={values} />
    </div>
  );
}

function ProxyTest({ values }: { readonly values: ProxyValues }) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: () => api.proxy.test({ proxy: proxyInput(values) }) });
  const { success, publicIp = '', latencyMs = 0 } = test.data ?? {};
  const failure = test.error === null ? test.data?.error : failureOf(test.error).message;
  return (
    <div className={styles.test}>
      <Button
        variant="default"
        size="compact-sm"
        loading={test.isPending}
        disabled={!isProxyReady(values)}
        onClick={() => test.mutate()}
      >
        {t('proxy.test')}
      </Button>
      <span role="status" className={failure === undefined ? styles.works : styles.failed}>
        {failure ?? (success === true && t('proxy.works', { address: publicIp, time: formatDuration(latencyMs) }))}
      </span>
    </div>
  );
}
