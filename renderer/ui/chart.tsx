/** Charts where people would rather look than read, loaded when the first one is shown; a table stands behind each. */
import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './chart.module.css';
import { ChartTable } from './chart-table.tsx';
import { onDemand } from './on-demand.tsx';
import type { Share } from './series.ts';

/** One place on the time axis (or category): its label, and a value by series name. */
export interface ChartPoint {
  readonly label: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface ChartProps {
  readonly kind: 'line' | 'area' | 'bar';
  /** What it shows, for screen readers and the table: "Requests by provider". */
  readonly label: string;
  readonly points: readonly ChartPoint[];
  /** At most six are drawn, the rest as "other"; the biggest first. */
  readonly series: readonly string[];
  /** How a series is called on screen; default its name. */
  readonly nameOf?: (series: string) => string;
  readonly format: (value: number) => string;
  readonly heightPx?: number;
}

export interface DonutProps {
  readonly label: string;
  readonly shares: readonly Share[];
  readonly nameOf?: (series: string) => string;
  readonly format: (value: number) => string;
  readonly heightPx?: number;
}

const HEIGHT_PX = 240;
const SeriesChart = onDemand(async () => (await import('./chart-view.tsx')).SeriesChart, standIn);
const DonutChart = onDemand(async () => (await import('./chart-view.tsx')).DonutChart, standIn);

/** Fetches the drawing code while a page that has charts still waits for its data. */
export function usePreloadedCharts(): void {
  useEffect(() => {
    // A failure is tried again, and shown, where a chart is drawn.
    SeriesChart.preload().catch(() => undefined);
    DonutChart.preload().catch(() => undefined);
  }, []);
}

function standIn({ heightPx = HEIGHT_PX }: { readonly heightPx?: number }) {
  return <Skeleton height={heightPx} />;
}

export function Chart(props: ChartProps) {
  const { label, points, series, nameOf = (name) => name, format, heightPx = HEIGHT_PX } = props;
  const rows = points.map((point) => ({
    label: point.label,
    cells: series.map((name) => format(point.values[name] ?? 0)),
  }));
  return (
    <Switchable
      label={label}
      heightPx={heightPx}
      table={<ChartTable label={label} heads={series.map(nameOf)} rows={rows} />}
    >
      <SeriesChart {...props} heightPx={heightPx} />
    </Switchable>
  );
}

export function Donut(props: DonutProps) {
  const { label, shares, nameOf = (name) => name, format, heightPx = HEIGHT_PX } = props;
  const rows = shares.map(({ name, value }) => ({ label: nameOf(name), cells: [format(value)] }));
  return (
    <Switchable label={label} heightPx={heightPx} table={<ChartTable label={label} heads={[label]} rows={rows} />}>
      <DonutChart {...props} heightPx={heightPx} />
    </Switchable>
  );
}

interface SwitchableProps {
  readonly label: string;
  readonly heightPx: number;
  readonly table: React.ReactNode;
  readonly children: React.ReactNode;
}

/** The picture or its table; the picture itself is hidden from screen readers, which get the table's button. */
export function Switchable({ label, heightPx, table, children }: SwitchableProps) {
  const { t } = useTranslation();
  const [isTable, setIsTable] = useState(false);
  const name = isTable ? t('chart.picture', { label }) : t('chart.table', { label });
  return (
    <figure className={styles.root} aria-label={label}>
      <Tooltip label={name}>
        <ActionIcon className={styles.toggle ?? ''} aria-label={name} onClick={() => setIsTable(!isTable)}>
          {isTable ? <IconChartBar size={16} aria-hidden="true" /> : <IconTable size={16} aria-hidden="true" />}
        </ActionIcon>
      </Tooltip>
      {isTable ? (
        <div className={styles.table} style={{ maxBlockSize: heightPx }}>
          {table}
        </div>
      ) : (
        <div aria-hidden="true">{children}</div>
      )}
    </figure>
  );
}
