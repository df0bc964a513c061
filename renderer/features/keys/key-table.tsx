import { ActionIcon, Menu, Switch } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { queries, queryClient } from '../../api.ts';
import { BudgetMeter } from '../../ui/budget-meter.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Money, RelativeTime, Tokens } from '../../ui/values.tsx';
import type { KeyRow } from './key-rows.ts';
import styles from './keys.module.css';

export interface KeyTableProps {
  readonly rows: readonly KeyRow[];
  readonly empty: ReactNode;
  readonly onEdit: (row: KeyRow) => void;
  readonly onRevoke: (row: KeyRow) => void;
}

export function KeyTable({ rows, empty, onEdit, onRevoke }: KeyTableProps) {
  const { t } = useTranslation('keys');
  const columns: readonly Column<KeyRow>[] = [
    {
      id: 'name',
      header: t('column.name'),
      sortBy: ({ name }) => name,
      cell: ({ name, hint }) => (
        <div>
          <div className={styles.name}>{name}</div>
          <code className={styles.quiet}>…{hint}</code>
        </div>
      ),
    },
    { id: 'may', header: t('column.may'), cell: (row) => <Rights {...row} />, isExtra: true },
    {
      id: 'requests',
      header: t('column.requests'),
      isNumeric: true,
      sortBy: ({ requests }) => requests,
      cell: ({ requests }) => <Tokens count={requests} />,
    },
    {
      id: 'month',
      header: t('column.month'),
      isNumeric: true,
      sortBy: ({ monthUsd }) => monthUsd,
      cell: ({ monthUsd }) => <Money usd={monthUsd} />,
    },
    {
      id: 'budget',
      header: t('column.budget'),
      width: '180px',
      cell: (row) => <BudgetMeter name={row.name} period={row.tightest} />,
    },
    {
      id: 'used',
      header: t('column.used'),
      isExtra: true,
      sortBy: ({ lastUsedAt = '' }) => lastUsedAt,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === undefined ? (
          <span className={styles.quiet}>{t('never')}</span>
        ) : (
          <RelativeTime at={lastUsedAt} />
        ),
    },
    { id: 'active', header: t('column.active'), cell: (row) => <ActiveSwitch row={row} /> },
    {
      id: 'actions',
      header: t('column.actions'),
      width: '64px',
      isNumeric: true,
      cell: (row) => <Actions name={row.name} onEdit={() => onEdit(row)} onRevoke={() => onRevoke(row)} />,
    },
  ];
  return (
    <DataTable
      label={t('list.title')}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      empty={empty}
      onOpen={onEdit}
    />
  );
}

/** What the key may do beyond asking any model. */
function Rights({ scopes, allowedModels }: KeyRow) {
  const { t } = useTranslation('keys');
  const models = allowedModels.length === 0 ? t('may.all') : t('may.some', { count: allowedModels.length });
  return (
    <div>
      <div title={allowedModels.join(', ')}>{scopes.includes('inference') ? models : t('may.none')}</div>
      {scopes.includes('management') && <div className={styles.quiet}>{t('may.manage')}</div>}
    </div>
  );
}

function ActiveSwitch({ row: { id, name, isActive } }: { readonly row: KeyRow }) {
  const { t } = useTranslation('keys');
  const update = useMutation(
    queries.keys.update.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.keys.key() }),
    }),
  );
  const shown = update.isPending ? update.variables.isActive === true : isActive;
  return (
    <Switch
      aria-label={t('switch', { name })}
      checked={shown}
      onChange={(event) => update.mutate({ id, isActive: event.currentTarget.checked })}
    />
  );
}

interface ActionsProps {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onRevoke: () => void;
}

function Actions({ name, onEdit, onRevoke }: ActionsProps) {
  const { t } = useTranslation('keys');
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t('actions', { name })}>
          <IconDots size={16} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={14} aria-hidden="true" />} onClick={onEdit}>
          {t('edit.open')}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={onRevoke}>
          {t('revoke')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
