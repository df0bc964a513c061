import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { OutcomeMark } from '../../ui/outcome-mark.tsx';
import { Duration, Money, RelativeTime, Tokens } from '../../ui/values.tsx';
import type { Log } from './log-pages.ts';
import styles from './logs.module.css';

export interface RequestTableProps {
  readonly rows: readonly Log[];
  readonly empty: ReactNode;
  readonly onOpen: (row: Log) => void;
  readonly onEnd: () => void;
}

export function RequestTable(props: RequestTableProps) {
  const { t } = useTranslation('logs');
  const columns: readonly Column<Log>[] = [
    {
      id: 'outcome',
      header: t('column.outcome'),
      width: '84px',
      cell: ({ outcome, status }) => <OutcomeMark outcome={outcome} status={status} />,
    },
    {
      id: 'model',
      header: t('column.model'),
      cell: ({ model, requestedModel, errorCode, attempts }) => (
        <>
          <code>{model === '' ? requestedModel : model}</code>
          {attempts > 1 && <span className={styles.aside}>{t('attempts.count', { count: attempts })}</span>}
          {errorCode !== undefined && <span className={styles.aside}>{errorCode}</span>}
        </>
      ),
    },
    {
      id: 'account',
      header: t('column.account'),
      width: '150px',
      isExtra: true,
      cell: ({ account, provider }) => account ?? provider,
    },
    { id: 'client', header: t('column.client'), width: '110px', cell: ({ client }) => client },
    { id: 'key', header: t('column.key'), width: '110px', isExtra: true, cell: ({ apiKeyName }) => apiKeyName },
    {
      id: 'tokens',
      header: t('column.tokens'),
      width: '84px',
      isNumeric: true,
      cell: ({ tokensIn, tokensOut }) => <Tokens count={tokensIn + tokensOut} />,
    },
    { id: 'cost', header: t('column.cost'), width: '92px', isNumeric: true, cell: ({ cost }) => <Money usd={cost} /> },
    {
      id: 'duration',
      header: t('column.duration'),
      width: '72px',
      isNumeric: true,
      cell: ({ durationMs }) => <Duration ms={durationMs} />,
    },
    {
      id: 'at',
      header: t('column.at'),
      width: '112px',
      isNumeric: true,
      cell: ({ timestamp }) => <RelativeTime at={timestamp} />,
    },
  ];
  return (
    <DataTable
      {...props}
      isVirtual
      label={t('list.title')}
      columns={columns}
      rowKey={({ id }) => id}
      height="calc(100vh - 268px)"
    />
  );
}
