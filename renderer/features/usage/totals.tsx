import { useTranslation } from 'react-i18next';
import { Change } from '../../ui/change.tsx';
import { formatPercent } from '../../ui/format.ts';
import { TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { Money, Tokens } from '../../ui/values.tsx';
import type { Analytics } from './measures.ts';

/** The four figures, each against the period before. */
export function Totals({ data: { summary, previous, dailyTrend } }: { readonly data: Analytics }) {
  const { t } = useTranslation('usage');
  return (
    <TileGrid minWidthPx={180} isFilling>
      <StatCard
        label={t('total.requests')}
        value={<Tokens count={summary.totalRequests} />}
        detail={<Change now={summary.totalRequests} before={previous?.totalRequests} />}
        course={dailyTrend.map(({ requests }) => requests)}
      />
      <StatCard
        label={t('total.tokens')}
        value={<Tokens count={summary.totalTokens} />}
        detail={<Change now={summary.totalTokens} before={previous?.totalTokens} />}
        course={dailyTrend.map(({ totalTokens }) => totalTokens)}
      />
      <StatCard
        label={t('total.cost')}
        value={<Money usd={summary.totalCost} />}
        detail={<Change now={summary.totalCost} before={previous?.totalCost} />}
        course={dailyTrend.map(({ cost }) => cost)}
      />
      <StatCard
        label={t('total.saved')}
        value={<Money usd={summary.savedCost} />}
        detail={<Change now={summary.savedCost} before={previous?.savedCost} />}
        course={dailyTrend.map(({ saved }) => saved)}
      />
      <StatCard
        label={t('total.success')}
        value={formatPercent(summary.successRate / 100)}
        detail={t('total.failures', { count: summary.failures })}
      />
    </TileGrid>
  );
}
