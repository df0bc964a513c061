import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type BudgetStatus, PERIODS } from '../../ui/budget.ts';
import { BudgetMeter } from '../../ui/budget-meter.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatPercent } from '../../ui/format.ts';
import { Money, RelativeTime } from '../../ui/values.tsx';
import styles from './costs.module.css';

export interface BudgetTableProps {
  readonly rows: readonly BudgetStatus[];
  readonly empty: ReactNode;
  readonly onEdit: (row: BudgetStatus) => void;
}

export function BudgetTable({ rows, empty, onEdit }: BudgetTableProps) {
  const { t } = useTranslation('costs');
  const columns: readonly Column<BudgetStatus>[] = [
    {
      id: 'name',
      header: t('budgets.key'),
      sortBy: ({ apiKeyName }) => apiKeyName,
      cell: (row) => <KeyName row={row} />,
    },
    ...PERIODS.map(
      (period): Column<BudgetStatus> => ({
        id: period,
        header: t(`budgets.${period}`),
        width: '20%',
        sortBy: ({ periods }) => periods.find((one) => one.period === period)?.used ?? 0,
        cell: (row) => <PeriodCell row={row} period={row.periods.find((one) => one.period === period)} />,
      }),
    ),
    {
      id: 'threshold',
      header: t('budgets.threshold'),
      isNumeric: true,
      isExtra: true,
      cell: ({ budget }) => (budget === null ? '–' : formatPercent(budget.warningThreshold)),
    },
    {
      id: 'edit',
      header: t('budgets.actions'),
      isNumeric: true,
      width: '100px',
      cell: (row) => (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t(row.budget === null ? 'budgets.setOf' : 'budgets.editOf', { name: row.apiKeyName })}
          onClick={() => onEdit(row)}
        >
          {row.budget === null ? t('budgets.set') : t('budgets.edit')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('budgets.title')}
      columns={columns}
      rows={rows}
      rowKey={({ apiKeyId }) => apiKeyId}
      empty={empty}
      onOpen={onEdit}
    />
  );
}

/** The name, and beneath it what is the matter: in words, as colour alone tells not everyone. */
function KeyName({ row: { apiKeyName, periods } }: { readonly row: BudgetStatus }) {
  const { t } = useTranslation('costs');
  const isExceeded = periods.some(({ exceeded }) => exceeded);
  const isNear = periods.some(({ warningReached }) => warningReached);
  return (
    <div className={styles.key}>
      <div className={styles.name}>{apiKeyName}</div>
      {isExceeded && <div className={styles.bad}>■ {t('budgets.exceeded')}</div>}
      {!isExceeded && isNear && <div className={styles.warn}>◐ {t('budgets.near')}</div>}
    </div>
  );
}

interface PeriodCellProps {
  readonly row: BudgetStatus;
  readonly period: BudgetStatus['periods'][number] | undefined;
}

function PeriodCell({ row: { apiKeyName }, period }: PeriodCellProps) {
  const { t } = useTranslation('costs');
  if (period === undefined || period.limit === null)
    return (
      <div>
        <Money usd={period?.used ?? 0} />
        <div className={styles.quiet}>{t('budgets.unlimited')}</div>
      </div>
    );
  return (
    <div>
      <BudgetMeter isUnderHeading name={apiKeyName} period={period} />
      <div className={styles.reset}>
        {t('budgets.resets')} <RelativeTime at={period.resetsAt} />
      </div>
    </div>
  );
}
