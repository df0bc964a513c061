/** Addresses that were locked out after wrong passwords or keys. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Outputs } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Countdown, RelativeTime } from '../../ui/values.tsx';
import { renewLimits, useLockouts } from './live-data.ts';
import { useReset } from './use-reset.ts';

type LockedOut = Outputs['policies']['get']['lockedIdentifiers'][number];

export function Locked() {
  const { t } = useTranslation('limits');
  const lockouts = useLockouts();
  return (
    <Section isFlush title={t('locked.title')} description={t('locked.text')}>
      <QueryView query={lockouts} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('locked.failed')}>
        {({ lockedIdentifiers }) => <LockTable rows={lockedIdentifiers} />}
      </QueryView>
    </Section>
  );
}

function LockTable({ rows }: { readonly rows: readonly LockedOut[] }) {
  const { t } = useTranslation('limits');
  const { reset, isBusy } = useReset();
  const columns: readonly Column<LockedOut>[] = [
    {
      id: 'who',
      header: t('column.address'),
      sortBy: ({ identifier }) => identifier,
      cell: ({ identifier }) => (identifier === '*' ? t('locked.everybody') : <code>{identifier}</code>),
    },
    { id: 'why', header: t('column.reason'), cell: ({ kind }) => t(`locked.${kind}`) },
    { id: 'since', header: t('column.since'), isExtra: true, cell: ({ lockedAt }) => <RelativeTime at={lockedAt} /> },
    {
      id: 'left',
      header: t('column.left'),
      isNumeric: true,
      cell: ({ until }) => <Countdown until={until} onEnd={renewLimits} />,
    },
    {
      id: 'action',
      header: t('column.action'),
      isNumeric: true,
      cell: ({ identifier }) => (
        <Button
          variant="default"
          size="compact-xs"
          disabled={isBusy}
          aria-label={t('locked.unlockNamed', { name: identifier })}
          onClick={() => reset(() => api.policies.act({ action: 'unlock', identifier }))}
        >
          {t('locked.unlock')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('locked.title')}
      columns={columns}
      rows={rows}
      rowKey={({ identifier, kind }) => `${kind} ${identifier}`}
      empty={<EmptyState text={t('locked.empty')} />}
    />
  );
}
