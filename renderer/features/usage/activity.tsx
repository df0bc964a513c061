import { useTranslation } from 'react-i18next';
import { Chart } from '../../ui/chart.tsx';
import { formatCount, locale } from '../../ui/format.ts';
import { HeatMap } from '../../ui/heat-map.tsx';
import { Section } from '../../ui/section.tsx';
import type { Analytics } from './measures.ts';
import styles from './usage.module.css';

/** 1970-01-04 was a Sunday. */
const SUNDAY_MS = 3 * 86_400_000;
const DAY_MS = 86_400_000;

/** How busy the days of a year were, and those of the week in the range. */
export function Activity({ data: { activityMap, weeklyPattern, summary } }: { readonly data: Analytics }) {
  const { t } = useTranslation('usage');
  const days = Object.entries(activityMap).map(([day, value]) => ({ day, value }));
  // Weeks begin on Monday.
  const week = [...weeklyPattern.slice(1), ...weeklyPattern.slice(0, 1)];
  return (
    <div className={styles.activity}>
      <Section title={t('year.title')} description={t('year.streak', { count: summary.streak })}>
        <HeatMap label={t('year.label')} days={days} format={formatCount} />
      </Section>
      <Section title={t('week.title')} description={t('week.text')}>
        <Chart
          kind="bar"
          label={t('week.label')}
          points={week.map(({ avgTokens }, index) => ({
            label: weekdayName(index + 1),
            values: { tokens: avgTokens },
          }))}
          series={['tokens']}
          nameOf={() => t('measure.tokens')}
          format={formatCount}
          heightPx={150}
        />
      </Section>
    </div>
  );
}

/** @param day 0 is Sunday */
function weekdayName(day: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(SUNDAY_MS + day * DAY_MS);
}
