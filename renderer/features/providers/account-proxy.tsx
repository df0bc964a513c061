import { Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProxyForm, type ProxyValues } from '../../ui/proxy-form.tsx';

export interface AccountProxyValues extends ProxyValues {
  readonly isOn: boolean;
  readonly hasPassword: boolean;
}

export interface AccountProxyProps {
  readonly values: AccountProxyValues;
  readonly onChange: (change: Partial<AccountProxyValues>) => void;
}

/** The network proxy that one account's calls go through. */
export function AccountProxy({ values, onChange }: AccountProxyProps) {
  const { t } = useTranslation('providers');
  return (
    <>
      <Switch
        label={t('proxy.label')}
        description={t('proxy.hint')}
        checked={values.isOn}
        onChange={(event) => onChange({ isOn: event.currentTarget.checked })}
      />
      {values.isOn && <ProxyForm values={values} hasPassword={values.hasPassword} onChange={onChange} />}
    </>
  );
}
