import { NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './settings.module.css';

const TYPES = ['socks5', 'http', 'https'] as const;

export interface ProxyValues {
  readonly type: (typeof TYPES)[number];
  readonly host: string;
  readonly port: number | '';
  readonly username: string;
  /** '' keeps what is stored. */
  readonly password: string;
}

export interface ProxyFormProps {
  readonly values: ProxyValues;
  readonly hasPassword: boolean;
  readonly onChange: (values: ProxyValues) => void;
}

/** Where a proxy is, and as whom it is used. */
export function ProxyForm({ values, hasPassword, onChange }: ProxyFormProps) {
  const { t } = useTranslation('settings');
  const set = (change: Partial<ProxyValues>): void => onChange({ ...values, ...change });
  return (
    <div className={styles.fields}>
      <Select
        label={t('proxy.type')}
        allowDeselect={false}
        data={[...TYPES]}
        value={values.type}
        onChange={(type) => set({ type: TYPES.find((known) => known === type) ?? 'socks5' })}
      />
      <TextInput
        label={t('proxy.host')}
        maxLength={253}
        value={values.host}
        onChange={(event) => set({ host: event.currentTarget.value })}
      />
      <NumberInput
        label={t('proxy.port')}
        hideControls
        min={1}
        max={65_535}
        value={values.port}
        onChange={(port) => set({ port: typeof port === 'number' ? port : '' })}
      />
      <TextInput
        label={t('proxy.user')}
        autoComplete="off"
        value={values.username}
        onChange={(event) => set({ username: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('proxy.password')}
        placeholder={hasPassword ? t('proxy.kept') : ''}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': t('proxy.show') }}
        value={values.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
    </div>
  );
}
