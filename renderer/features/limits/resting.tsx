/** Accounts and models that are left alone for a while, why, and for how long. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Outputs } from '../../api.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Countdown } from '../../ui/values.tsx';
import styles from './limits.module.css';
import { renewLimits, useNames, useResilience } from './live-data.ts';
import { useReset } from './use-reset.ts';

type Cooldown = Outputs['resilience']['get']['cooldowns'][number];

export function Resting() {
  const { t } = useTranslation('limits');
  const resilience = useResilience();
  return (
    <Section isFlush title={t('resting.title')} description={t('resting.text')}>
      <QueryView query={resilience} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('resting.failed')}>
        {({ cooldowns }) => <RestTable cooldowns={cooldowns} />}
      </QueryView>
    </Section>
  );
}

function RestTable({ cooldowns }: { readonly cooldowns: readonly Cooldown[] }) {
  const { t } = useTranslation('limits');
  const names = useNames();
  const { reset, isBusy } = useReset();
  const columns: readonly Column<Cooldown>[] = [
    {
      id: 'who',
      header: t('column.account'),
      sortBy: ({ provider }) => names.provider(provider),
      cell: ({ provider, connectionId }) => (
        <div>
          <div className={styles.name}>{names.account(connectionId)}</div>
          <span className={styles.quiet}>{names.provider(provider)}</span>
        </div>
      ),
    },
    {
      id: 'model',
      header: t('column.model'),
      cell: ({ model }) => (model === null ? t('resting.whole') : <code>{model}</code>),
    },
    { id: 'why', header: t('column.reason'), cell: (row) => <Reason {...row} />, width: '34%' },
    {
      id: 'left',
      header: t('column.left'),
      isNumeric: true,
      sortBy: ({ remainingMs }) => remainingMs,
      cell: ({ until }) => <Countdown until={until} onEnd={renewLimits} />,
    },
    {
      id: 'action',
      header: t('column.action'),
      isNumeric: true,
      cell: ({ provider, connectionId, model }) => (
        <Button
          variant="default"
          size="compact-xs"
          disabled={isBusy}
          aria-label={t('resting.tryNamed', { name: model ?? names.account(connectionId) })}
          onClick={() =>
            reset(() =>
              model === null
                ? api.resilience.reset({ provider, connectionId })
                : api.resilience.clearAvailability({ provider, model }),
            )
          }
        >
          {t('resting.try')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('resting.title')}
      columns={columns}
      rows={cooldowns}
      rowKey={({ connectionId, model }) => `${connectionId}\n${model ?? ''}`}
      empty={<EmptyState text={t('resting.empty')} />}
    />
  );
}

function Reason({ message, reason }: Cooldown) {
  return (
    <div title={reason} className={styles.clamp}>
      {message}
    </div>
  );
}
