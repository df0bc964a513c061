import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../ui/chart.tsx';
import { locale } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { type Analytics, formatMeasure, MEASURES, type Measure } from './measures.ts';

export interface TrendProps {
  readonly data: Analytics;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
}

/** What the sums call the models beyond the first six. */
const OTHER = 'other';

/** The course by models, stacked. */
export function Trend({ data, measure, onMeasure }: TrendProps) {
  const { t } = useTranslation('usage');
  const points = data.dailyByModel.map((step) => ({ label: labelOf(step.date, data.step), values: step[measure] }));
  const picker = (
    <SegmentedControl
      aria-label={t('measure.label')}
      value={measure}
      onChange={onMeasure}
      data={MEASURES.map((one) => ({ value: one, label: t(`measure.${one}`) }))}
      // The chart's own button stands at the end of this line.
      me={data.summary.totalRequests === 0 ? 0 : 36}
    />
  );
  return (
    <Section title={t('trend.title')} aside={picker}>
      {data.summary.totalRequests === 0 ? (
        <EmptyState text={t('empty')} />
      ) : (
        <Chart
          kind={points.length > 1 ? 'area' : 'bar'}
          label={t('trend.label', { measure: t(`measure.${measure}`) })}
          points={points}
          series={data.modelNames}
          nameOf={(name) => (name === OTHER ? t('other') : name)}
          format={formatMeasure(measure)}
          heightPx={260}
        />
      )}
    </Section>
  );
}

/** `14:00` of `2026-11-25T14:00`, `25 Nov` of `2026-11-25`. */
function labelOf(date: string, step: Analytics['step']): string {
  const options: Intl.DateTimeFormatOptions =
    step === 'hour' ? { hour: 'numeric', minute: '2-digit' } : { day: 'numeric', month: 'short' };
  // As written: in which zone it is, is the server's affair.
  const at = new Date(step === 'hour' ? `${date}:00Z` : `${date}T00:00:00Z`);
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' }).format(at);
}
