/** What was used: totals against the period before, their course, who and what had which part, and how busy a year was. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../../api.ts';
import { usePreloadedCharts } from '../../ui/chart.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PageStack } from '../../ui/section.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { Activity } from './activity.tsx';
import { ExportMenu } from './export-menu.tsx';
import type { Measure } from './measures.ts';
import { useRange } from './range.ts';
import { RangePicker } from './range-picker.tsx';
import { Shares } from './shares.tsx';
import { Totals } from './totals.tsx';
import { Trend } from './trend.tsx';
import { UsageSkeleton } from './usage-skeleton.tsx';

/** Sums of a day do not change much within one. */
const RENEWAL_MS = 60_000;

export function UsagePage() {
  const { t } = useTranslation('usage');
  usePreloadedCharts();
  const range = useRange();
  const [measure, setMeasure] = useState<Measure>('tokens');
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...queries.analytics.get.queryOptions({ input: range.input }),
    placeholderData: keepPreviousData,
    refetchInterval: RENEWAL_MS,
  });
  return (
    <PageStack>
      <PageHeader title={t('title')} action={<ExportMenu input={range.input} />} />
      <RangePicker range={range} />
      {error !== null && <ErrorState title={t('failed')} error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <UsageSkeleton />}
      {error === null && data !== undefined && (
        <div aria-busy={isPlaceholderData} style={{ opacity: isPlaceholderData ? 0.6 : 1 }}>
          <PageStack>
            <Totals data={data} />
            <Trend data={data} measure={measure} onMeasure={setMeasure} />
            <Shares data={data} measure={measure} />
            <Activity data={data} />
          </PageStack>
        </div>
      )}
    </PageStack>
  );
}
