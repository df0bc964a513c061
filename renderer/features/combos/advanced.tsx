/** Retries, time limits and concurrency of one combo; what is left empty falls to the rules for all combos. */
import { NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import type { ComboValues } from './combo-values.ts';
import styles from './combos.module.css';

type Config = ComboValues['config'];

/** What the gateway takes; times in milliseconds. */
const FIELDS = [
  { id: 'maxRetries', min: 0, max: 10 },
  { id: 'retryDelayMs', min: 0, max: 3_600_000 },
  { id: 'timeoutMs', min: 100, max: 3_600_000 },
  { id: 'totalMs', min: 100, max: 86_400_000 },
  { id: 'concurrencyPerModel', min: 1, max: 10_000 },
  { id: 'queueTimeoutMs', min: 0, max: 3_600_000 },
] as const;

export interface AdvancedProps {
  readonly config: Config;
  readonly onChange: (config: Config) => void;
}

export function Advanced({ config, onChange }: AdvancedProps) {
  const { t } = useTranslation('combos');
  const rules = useQuery(queries.comboTests.rules.queryOptions());
  const set = (id: (typeof FIELDS)[number]['id'], value: string | number): void => {
    const { [id]: _before, ...rest } = config;
    onChange(value === '' ? rest : { ...rest, [id]: Number(value) });
  };
  return (
    <details className={styles.advanced} open={Object.keys(config).length > 0 || undefined}>
      <summary>{t('advanced.title')}</summary>
      <p className={styles.quiet}>{t('advanced.about')}</p>
      <div className={styles.fields}>
        {FIELDS.map(({ id, min, max }) => (
          <NumberInput
            key={id}
            label={t(`advanced.${id}`)}
            placeholder={`${rules.data?.comboDefaults[id] ?? t('advanced.unset')}`}
            min={min}
            max={max}
            allowDecimal={false}
            thousandSeparator=" "
            value={config[id] ?? ''}
            onChange={(value) => set(id, value)}
          />
        ))}
      </div>
    </details>
  );
}
