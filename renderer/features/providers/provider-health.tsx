/** How a provider does right now: its breaker, what rests, and how fast it answered within the hour. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, type Outputs, queries, queryClient } from '../../api.ts';
import { Section } from '../../ui/section.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Countdown, Duration, Tokens } from '../../ui/values.tsx';
import type { ProviderRow } from './provider-rows.ts';
import styles from './providers.module.css';

const HOUR_MS = 3_600_000;
const RENEWAL_MS = 10_000;
type Cooldown = Outputs['resilience']['get']['cooldowns'][number];
type Breaker = Outputs['resilience']['get']['circuitBreakers'][number];
const BREAKER_STATE = { CLOSED: 'healthy', HALF_OPEN: 'degraded', OPEN: 'failing' } as const;

export function ProviderHealth({ row: { id, name, accounts } }: { readonly row: ProviderRow }) {
  const { t } = useTranslation('providers');
  const resilience = useQuery({ ...queries.resilience.get.queryOptions(), refetchInterval: RENEWAL_MS });
  const speeds = useQuery({
    ...queries.telemetry.summary.queryOptions({ input: { windowMs: HOUR_MS } }),
    refetchInterval: RENEWAL_MS,
  });
  const reset = useMutation({
    mutationFn: () => api.resilience.reset({ provider: id }),
    onSettled: () =>
      Promise.all(
        [queries.resilience.key(), queries.live.snapshot.key()].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const breaker = resilience.data?.circuitBreakers.find((one) => one.name === id);
  const rests = resilience.data?.cooldowns.filter(({ provider }) => provider === id) ?? [];
  const speed = speeds.data?.byProvider[id];
  const isResting = rests.length > 0 || (breaker !== undefined && breaker.state !== 'CLOSED');
  const nameOf = (connectionId: string): string =>
    accounts.find((account) => account.id === connectionId)?.name ?? name;
  if (accounts.length === 0) return null;
  return (
    <Section
      title={t('health.title')}
      description={t('health.hour')}
      aside={
        isResting && (
          <Button variant="default" size="compact-sm" loading={reset.isPending} onClick={() => reset.mutate()}>
            {t('health.reset')}
          </Button>
        )
      }
    >
      <dl className={styles.facts}>
        <div>
          <dt>{t('health.breaker')}</dt>
          <dd>
            <BreakerState breaker={breaker} />
          </dd>
        </div>
        <div>
          <dt>{t('health.requests')}</dt>
          <dd>
            <Tokens count={speed?.requests ?? 0} />
            {speed !== undefined && speed.failures > 0 && (
              <span className={styles.bad}> {t('health.failed', { count: speed.failures })}</span>
            )}
          </dd>
        </div>
        {(['p50', 'p95', 'p99'] as const).map((part) => (
          <div key={part}>
            <dt>{t(`health.${part}`)}</dt>
            <dd>{speed === undefined || speed.latency.count === 0 ? '–' : <Duration ms={speed.latency[part]} />}</dd>
          </div>
        ))}
      </dl>
      <Rests rests={rests} nameOf={nameOf} />
    </Section>
  );
}

interface RestsProps {
  readonly rests: readonly Cooldown[];
  readonly nameOf: (connectionId: string) => string;
}

function Rests({ rests, nameOf }: RestsProps) {
  const { t } = useTranslation('providers');
  if (rests.length === 0) return null;
  return (
    <ul className={styles.rests} aria-label={t('health.resting')}>
      {rests.map(({ connectionId, model, until, message }) => (
        <li key={`${connectionId}/${model ?? ''}`}>
          <StateMark
            state="degraded"
            label={model === null ? nameOf(connectionId) : `${nameOf(connectionId)} · ${model}`}
          />{' '}
          <span className={styles.quiet}>
            {t('again')} <Countdown until={until} />. {message}
          </span>
        </li>
      ))}
    </ul>
  );
}

function BreakerState({ breaker }: { readonly breaker: Breaker | undefined }) {
  const { t } = useTranslation('providers');
  const state = breaker?.state ?? 'CLOSED';
  return (
    <>
      <StateMark state={BREAKER_STATE[state]} label={t(`breaker.${state}`)} />
      {state === 'OPEN' && breaker?.openUntil !== null && breaker?.openUntil !== undefined && (
        <span className={styles.quiet}>
          {' '}
          {t('again')} <Countdown until={breaker.openUntil} />
        </span>
      )}
    </>
  );
}
