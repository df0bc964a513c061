import { useTranslation } from 'react-i18next';
import { formatPercent } from '../../ui/format.ts';
import { TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { Money, Tokens } from '../../ui/values.tsx';
import type { Analytics } from './measures.ts';
import styles from './usage.module.css';

/** Beyond this a percentage says less than "many times". */
const MANY = 10;

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

/** `▲ 12 % more than the period before`; neither good nor bad, so without a colour. */
function Change({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  const { t } = useTranslation('usage');
  if (before === undefined) return t('change.all');
  if (before === 0) return t('change.none');
  const ratio = now / before - 1;
  const amount = formatPercent(Math.abs(ratio));
  if (ratio > MANY) return t('change.many');
  return (
    <>
      <span className={styles.change}>
        <span aria-hidden="true">{ratio < 0 ? '▼' : '▲'}</span> {amount}
      </span>{' '}
      {ratio < 0 ? t('change.less') : t('change.more')}
    </>
  );
}
