/** The month so far: spent, saved, where it is heading, and day by day. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Outputs, queries } from '../../api.ts';
import { Change } from '../../ui/change.tsx';
import { Chart, usePreloadedCharts } from '../../ui/chart.tsx';
import { formatMoney, locale } from '../../ui/format.ts';
import { PageStack, Section, TileGrid } from '../../ui/section.tsx';
import { StatCard } from '../../ui/stat-card.tsx';
import { EmptyState, QueryView, TilesSkeleton } from '../../ui/states.tsx';
import { Money } from '../../ui/values.tsx';
import { daysInMonth, expectedUsd } from './forecast.ts';

type Analytics = Outputs['analytics']['get'];

/** Sums of a day do not change much within one. */
const RENEWAL_MS = 60_000;

export function Month() {
  const { t } = useTranslation('costs');
  usePreloadedCharts();
  const query = useQuery({
    ...queries.analytics.get.queryOptions({ input: { range: 'mtd' } }),
    refetchInterval: RENEWAL_MS,
  });
  return (
    <QueryView query={query} skeleton={<MonthSkeleton />} errorTitle={t('month.failed')}>
      {(data) => (
        <PageStack>
          <MonthTotals data={data} />
          <MonthTrend data={data} />
        </PageStack>
      )}
    </QueryView>
  );
}

function MonthSkeleton() {
  return (
    <PageStack>
      <TilesSkeleton tiles={3} heightPx={110} />
      <Skeleton height={270} radius="md" />
    </PageStack>
  );
}

function MonthTotals({ data: { summary, previous, dailyTrend } }: { readonly data: Analytics }) {
  const { t } = useTranslation('costs');
  const today = dailyTrend.at(-1)?.date ?? '';
  const expected = expectedUsd(summary.totalCost, dailyTrend.length, today);
  return (
    <TileGrid minWidthPx={220} isFilling>
      <StatCard
        label={t('month.spent')}
        value={<Money usd={summary.totalCost} />}
        detail={<Change now={summary.totalCost} before={previous?.totalCost} />}
        course={dailyTrend.map(({ cost }) => cost)}
      />
      <StatCard
        label={t('month.saved')}
        value={<Money usd={summary.savedCost} />}
        detail={<Change now={summary.savedCost} before={previous?.savedCost} />}
        course={dailyTrend.map(({ saved }) => saved)}
      />
      <StatCard
        label={t('month.expected')}
        value={<Money usd={expected} />}
        detail={t('month.left', { count: daysInMonth(today) - dailyTrend.length })}
      />
    </TileGrid>
  );
}

function MonthTrend({ data: { summary, dailyTrend } }: { readonly data: Analytics }) {
  const { t } = useTranslation('costs');
  const isEmpty = summary.totalCost === 0 && summary.savedCost === 0;
  return (
    <Section title={t('trend.title')} description={isEmpty ? undefined : t('trend.text')}>
      {isEmpty ? (
        <EmptyState text={t('trend.empty')} />
      ) : (
        <Chart
          kind={dailyTrend.length > 1 ? 'area' : 'bar'}
          label={t('trend.label')}
          points={dailyTrend.map(({ date, cost, saved }) => ({ label: dayLabel(date), values: { cost, saved } }))}
          series={['cost', 'saved']}
          nameOf={(name) => (name === 'cost' ? t('trend.cost') : t('trend.saved'))}
          format={formatMoney}
          heightPx={200}
        />
      )}
    </Section>
  );
}

/** `25 Nov` of `2026-11-25`: in which zone it is, is the server's affair. */
function dayLabel(date: string): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}
