import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Outputs, queries } from '../../api.ts';
import { TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { Money, Tokens } from '../../ui/values.tsx';

const SLOW_RENEWAL_MS = 60_000;

/** Today's sums since midnight in the user's zone, live. */
export function Today() {
  const { t } = useTranslation('home');
  const snapshot = useQuery({ ...queries.live.snapshot.queryOptions(), refetchInterval: SLOW_RENEWAL_MS });
  return (
    <QueryView query={snapshot} skeleton={<TilesSkeleton heightPx={110} />} errorTitle={t('today.failed')}>
      {({ today }) => <Sums today={today} />}
    </QueryView>
  );
}

function Sums({ today }: { readonly today: Outputs['live']['snapshot']['today'] }) {
  const { t } = useTranslation('home');
  const history = useQuery(queries.usage.history.queryOptions());
  const minutes = history.data?.last10Minutes ?? [];
  const { requests, failures, promptTokens, completionTokens, cost, saved } = today;
  return (
    <TileGrid minWidthPx={150} isFilling>
      <StatCard
        label={t('today.requests')}
        value={<Tokens count={requests} />}
        detail={failures === 0 ? t('today.noFailures') : t('today.failures', { count: failures })}
        course={minutes.map((minute) => minute.requests)}
      />
      <StatCard
        label={t('today.tokens')}
        value={<Tokens count={promptTokens + completionTokens} />}
        detail={
          <>
            <Tokens count={promptTokens} /> {t('today.in')} · <Tokens count={completionTokens} /> {t('today.out')}
          </>
        }
        course={minutes.map((minute) => minute.promptTokens + minute.completionTokens)}
      />
      <StatCard label={t('today.cost')} value={<Money usd={cost} />} detail={t('today.costDetail')} />
      <StatCard label={t('today.saved')} value={<Money usd={saved} />} detail={t('today.savedDetail')} />
    </TileGrid>
  );
}
