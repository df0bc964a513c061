import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { usePriceChanges } from './change-price.tsx';
import styles from './costs.module.css';
import { PriceCell } from './price-cell.tsx';
import { MEMBERS, type Member, type PriceRow } from './price-rows.ts';
import type { Unit } from './unit.ts';

export interface PriceTableProps {
  readonly rows: readonly PriceRow[];
  readonly unit: Unit;
  readonly empty: ReactNode;
}

/** Where there is little room, these are left out. */
const EXTRA: readonly Member[] = ['cache_creation', 'reasoning'];

export function PriceTable({ rows, unit, empty }: PriceTableProps) {
  const { t } = useTranslation('costs');
  const changes = usePriceChanges();
  const columns: readonly Column<PriceRow>[] = [
    {
      id: 'model',
      header: t('prices.model'),
      sortBy: ({ provider, model }) => `${provider}/${model}`,
      cell: ({ provider, providerName, model, isOwn }) => (
        <span className={styles.model}>
          <code title={`${providerName}: ${model}`}>
            <span className={styles.quiet}>{provider}/</span>
            {model}
          </code>
          {isOwn && <span className={styles.own}>{t('prices.changedMark')}</span>}
        </span>
      ),
    },
    ...MEMBERS.map(
      (member): Column<PriceRow> => ({
        id: member,
        header: t(`prices.member.${member}`),
        isNumeric: true,
        width: '96px',
        isExtra: EXTRA.includes(member),
        sortBy: ({ price }) => price[member] ?? -1,
        cell: (row) => (
          <PriceCell row={row} member={member} unit={unit} onChange={(usd) => changes.set(row, member, usd)} />
        ),
      }),
    ),
    {
      id: 'reset',
      header: t('prices.actions'),
      isNumeric: true,
      width: '84px',
      cell: (row) => row.isOwn && <ResetButton model={row.model} onReset={() => changes.reset(row)} />,
    },
  ];
  return (
    <DataTable
      isVirtual
      height="520px"
      label={t('prices.title')}
      columns={columns}
      rows={rows}
      rowKey={({ provider, model }) => `${provider}/${model}`}
      empty={empty}
    />
  );
}

function ResetButton({ model, onReset }: { readonly model: string; readonly onReset: () => void }) {
  const { t } = useTranslation('costs');
  return (
    <Tooltip label={t('prices.reset')}>
      <ActionIcon size={24} aria-label={t('prices.resetOf', { model })} onClick={onReset}>
        <IconRestore size={14} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
