/** A year of days, a column a week: how busy each was. Drawn without a library; its table is a click away. */
import { Switchable } from './chart.tsx';
import { ChartTable } from './chart-table.tsx';
import { formatNumber, locale } from './format.ts';
import styles from './heat-map.module.css';

export interface HeatMapProps {
  readonly label: string;
  /** ISO days (`2026-03-01`) in order, without gaps. */
  readonly days: readonly { readonly day: string; readonly value: number }[];
  readonly format?: (value: number) => string;
}

const STEPS = 4;

export function HeatMap({ label, days, format = formatNumber }: HeatMapProps) {
  const highest = Math.max(...days.map(({ value }) => value), 1);
  const first = new Date(`${days[0]?.day ?? '1970-01-01'}T00:00:00`).getDay();
  const dates = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' });
  const nameOf = (day: string): string => dates.format(new Date(`${day}T00:00:00`));
  const rows = days.toReversed().map(({ day, value }) => ({ label: nameOf(day), cells: [format(value)] }));
  return (
    <Switchable label={label} heightPx={240} table={<ChartTable label={label} heads={[label]} rows={rows} />}>
      <div className={styles.root}>
        <div className={styles.grid}>
          {days.map(({ day, value }, index) => (
            <span
              key={day}
              className={styles.day}
              data-step={value === 0 ? 0 : Math.max(1, Math.ceil((value / highest) * STEPS))}
              title={`${nameOf(day)}: ${format(value)}`}
              style={index === 0 ? { gridRowStart: ((first + 6) % 7) + 1 } : undefined}
            />
          ))}
        </div>
      </div>
    </Switchable>
  );
}
