import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './budget.module.css';
import { type BudgetPeriod, shareOf } from './budget.ts';
import { formatMoney } from './format.ts';

export interface BudgetMeterProps {
  /** The key's name, for screen readers. */
  readonly name: string;
  /** Undefined, or without a limit: there is no budget. */
  readonly period: BudgetPeriod | undefined;
  /** The heading above tells which period it is. */
  readonly isUnderHeading?: boolean;
}

/** How much of a budget is used: a bar, and the same in words. */
export function BudgetMeter({ name, period: shown, isUnderHeading = false }: BudgetMeterProps) {
  const { t } = useTranslation();
  if (shown === undefined || shown.limit === null) return <span className={styles.quiet}>{t('budget.none')}</span>;
  const { period, used, limit, exceeded, warningReached } = shown;
  const sums = { used: formatMoney(used), limit: formatMoney(limit) };
  const colour = exceeded ? 'var(--om-bad)' : warningReached ? 'var(--om-warn)' : 'var(--om-accent)';
  return (
    <div>
      <div className={styles.meter}>{isUnderHeading ? t('budget.used', sums) : t(`budget.${period}`, sums)}</div>
      <Progress
        size={4}
        color={colour}
        value={Math.min(100, shareOf(shown) * 100)}
        aria-label={t('budget.of', { name })}
      />
    </div>
  );
}
