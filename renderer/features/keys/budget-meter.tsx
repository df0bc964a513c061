import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../../ui/format.ts';
import { type KeyRow, shareOf } from './key-rows.ts';
import styles from './keys.module.css';

/** How much of the tightest budget is used: a bar, and the same in words. */
export function BudgetMeter({ row: { name, tightest } }: { readonly row: KeyRow }) {
  const { t } = useTranslation('keys');
  if (tightest === undefined) return <span className={styles.quiet}>{t('budget.none')}</span>;
  const { period, used, limit, exceeded, warningReached } = tightest;
  const colour = exceeded ? 'var(--om-bad)' : warningReached ? 'var(--om-warn)' : 'var(--om-accent)';
  return (
    <div>
      <div className={styles.meter}>
        {t(`budget.${period}`, { used: formatMoney(used), limit: formatMoney(limit) })}
      </div>
      <Progress
        size={4}
        color={colour}
        value={Math.min(100, shareOf(tightest) * 100)}
        aria-label={t('budget.of', { name })}
      />
    </div>
  );
}
