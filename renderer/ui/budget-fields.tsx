import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './budget.module.css';
import { type BudgetLimits, PERIODS } from './budget.ts';

export interface BudgetFieldsProps {
  readonly values: BudgetLimits;
  readonly onChange: (change: Partial<BudgetLimits>) => void;
}

/** What may be spent a day, a week and a month; an empty field is no limit. */
export function BudgetFields({ values, onChange }: BudgetFieldsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>{t('budget.limits.title')}</legend>
      <div className={styles.fields}>
        {PERIODS.map((period) => (
          <NumberInput
            key={period}
            label={t(`budget.limits.${period}`)}
            prefix="$"
            min={0}
            max={1_000_000}
            decimalScale={2}
            placeholder={t('budget.limits.none')}
            value={values[period]}
            onChange={(value) => onChange({ [period]: typeof value === 'number' ? value : '' })}
          />
        ))}
      </div>
    </fieldset>
  );
}
