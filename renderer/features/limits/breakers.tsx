/** Providers that were shut off after failures in a row; each is tried again by itself, or at once when reset. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Outputs } from '../../api.ts';
import { ConfirmButton } from '../../ui/controls.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { type State, StateMark } from '../../ui/state-mark.tsx';
import { EmptyState, QueryView, RowsSkeleton } from '../../ui/states.tsx';
import { Countdown, RelativeTime } from '../../ui/values.tsx';
import styles from './limits.module.css';
import { renewLimits, useNames, useResilience } from './live-data.ts';
import { useReset } from './use-reset.ts';

type Breaker = Outputs['resilience']['get']['circuitBreakers'][number];
const STATES: Readonly<Record<Breaker['state'], State>> = {
  CLOSED: 'healthy',
  HALF_OPEN: 'degraded',
  OPEN: 'failing',
};

export function Breakers() {
  const { t } = useTranslation('limits');
  const resilience = useResilience();
  const { cooldowns = [], circuitBreakers = [] } = resilience.data ?? {};
  const count = cooldowns.length + circuitBreakers.filter(({ state }) => state !== 'CLOSED').length;
  const resetAll = (
    <ConfirmButton
      label={t('breakers.all')}
      question={t('breakers.question')}
      consequence={t('breakers.consequence', { count })}
      disabled={count === 0}
      onConfirm={() => api.monitoring.reset().finally(renewLimits)}
    />
  );
  return (
    <Section isFlush title={t('breakers.title')} description={t('breakers.text')} aside={resetAll}>
      <QueryView query={resilience} skeleton={<RowsSkeleton rows={2} />} errorTitle={t('breakers.failed')}>
        {(found) => <BreakerTable breakers={found.circuitBreakers} />}
      </QueryView>
    </Section>
  );
}

function BreakerTable({ breakers }: { readonly breakers: readonly Breaker[] }) {
  const { t } = useTranslation('limits');
  const names = useNames();
  const { reset, isBusy } = useReset();
  const columns: readonly Column<Breaker>[] = [
    {
      id: 'name',
      header: t('column.provider'),
      sortBy: ({ name }) => names.provider(name),
      cell: ({ name }) => <span className={styles.name}>{names.provider(name)}</span>,
    },
    {
      id: 'state',
      header: t('column.state'),
      sortBy: ({ state }) => state,
      cell: ({ state }) => <StateMark state={STATES[state]} label={t(`breakers.${state}`)} />,
    },
    { id: 'failures', header: t('column.failures'), isNumeric: true, cell: ({ failureCount }) => failureCount },
    {
      id: 'last',
      header: t('column.lastFailure'),
      isExtra: true,
      cell: ({ lastFailureTime }) => (lastFailureTime === null ? '–' : <RelativeTime at={lastFailureTime} />),
    },
    {
      id: 'left',
      header: t('column.left'),
      isNumeric: true,
      cell: ({ openUntil }) => (openUntil === null ? '–' : <Countdown until={openUntil} onEnd={renewLimits} />),
    },
    {
      id: 'action',
      header: t('column.action'),
      isNumeric: true,
      cell: ({ name, state }) => (
        <Button
          variant="default"
          size="compact-xs"
          disabled={isBusy || state === 'CLOSED'}
          aria-label={t('breakers.resetNamed', { name: names.provider(name) })}
          onClick={() => reset(() => api.resilience.reset({ provider: name }))}
        >
          {t('breakers.reset')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t('breakers.title')}
      columns={columns}
      rows={breakers}
      rowKey={({ name }) => name}
      empty={<EmptyState text={t('breakers.empty')} />}
    />
  );
}
