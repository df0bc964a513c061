import { NumberInput, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Connection } from './provider-rows.ts';
import styles from './providers.module.css';

export interface LimitValues {
  readonly isOn: boolean;
  /** '' takes the default for all accounts. */
  readonly requestsPerMinute: number | '';
  /** Milliseconds. */
  readonly minTimeBetweenRequests: number | '';
  readonly concurrentRequests: number | '';
}

const FIELDS = ['requestsPerMinute', 'minTimeBetweenRequests', 'concurrentRequests'] as const;

export interface LimitFieldsProps {
  readonly values: LimitValues;
  readonly onChange: (change: Partial<LimitValues>) => void;
}

/** How much an account is asked at most, beyond what its provider tells. */
export function LimitFields({ values, onChange }: LimitFieldsProps) {
  const { t } = useTranslation('providers');
  return (
    <>
      <Switch
        label={t('limits.label')}
        description={t('limits.hint')}
        checked={values.isOn}
        onChange={(event) => onChange({ isOn: event.currentTarget.checked })}
      />
      {values.isOn && (
        <div className={styles.pair}>
          {FIELDS.map((field) => (
            <NumberInput
              key={field}
              label={t(`limits.${field}`)}
              placeholder={t('limits.default')}
              min={field === 'minTimeBetweenRequests' ? 0 : 1}
              allowDecimal={false}
              value={values[field]}
              onChange={(value) => onChange({ [field]: typeof value === 'number' ? value : '' })}
            />
          ))}
        </div>
      )}
    </>
  );
}

export function limitsOf({ rateLimitProtection, rateLimits = {} }: Connection): LimitValues {
  const { requestsPerMinute = '', minTimeBetweenRequests = '', concurrentRequests = '' } = rateLimits;
  return { isOn: rateLimitProtection, requestsPerMinute, minTimeBetweenRequests, concurrentRequests };
}
