/** The drawing itself, apart from `chart.tsx` so that Recharts is loaded with the first chart only. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  Pie,
  PieChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import styles from './chart.module.css';
import type { ChartProps, DonutProps } from './chart.tsx';
import { MAX_SERIES, OTHER_COLOUR, seriesColours, topShares } from './series.ts';

const OTHER = '\u0000other';
const TICK = { fontSize: 12, fill: 'var(--om-quiet)' };

export function SeriesChart({ kind, points, series, nameOf = (name) => name, format, heightPx }: ChartProps) {
  const { t } = useTranslation();
  const drawn = series.slice(0, MAX_SERIES);
  const rest = series.slice(MAX_SERIES);
  const colours: Readonly<Record<string, string>> = { ...seriesColours(drawn), [OTHER]: OTHER_COLOUR };
  const names = rest.length > 0 ? [...drawn, OTHER] : drawn;
  const title = (name: string): string => (name === OTHER ? t('chart.other') : nameOf(name));
  const data = points.map(({ label, values }) => ({
    ...{ ...values, label },
    [OTHER]: rest.reduce((sum, name) => sum + (values[name] ?? 0), 0),
  }));
  const Kind = { line: LineChart, area: AreaChart, bar: BarChart }[kind];
  return (
    <>
      <ResponsiveContainer width="100%" height={heightPx ?? 240}>
        <Kind data={data} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--om-line)" />
          <XAxis dataKey="label" tick={TICK} tickLine={false} axisLine={{ stroke: 'var(--om-line)' }} minTickGap={24} />
          <YAxis tick={TICK} tickLine={false} axisLine={false} tickFormatter={format} width={56} />
          <Tooltip
            isAnimationActive={false}
            content={({ label, payload }) => (
              <Tip
                title={String(label ?? '')}
                lines={(payload ?? []).map(({ dataKey, value }) => ({
                  name: title(String(dataKey)),
                  colour: colours[String(dataKey)] ?? OTHER_COLOUR,
                  text: format(Number(value)),
                }))}
              />
            )}
          />
          {names.map((name) => seriesMark(kind, name, colours[name] ?? OTHER_COLOUR))}
        </Kind>
      </ResponsiveContainer>
      {names.length > 1 && (
        <Legend lines={names.map((name) => ({ name: title(name), colour: colours[name] ?? OTHER_COLOUR }))} />
      )}
    </>
  );
}

function seriesMark(kind: ChartProps['kind'], name: string, colour: string): ReactNode {
  const shared = {
    dataKey: (row: Readonly<Record<string, unknown>>) => Number(row[name] ?? 0),
    name,
    isAnimationActive: false,
  };
  if (kind === 'line')
    return <Line key={name} {...shared} stroke={colour} strokeWidth={2} dot={false} type="monotone" />;
  if (kind === 'area')
    return (
      <Area key={name} {...shared} stackId="all" stroke={colour} fill={colour} fillOpacity={0.25} type="monotone" />
    );
  return <Bar key={name} {...shared} stackId="all" fill={colour} maxBarSize={32} />;
}

export function DonutChart({ shares, nameOf = (name) => name, format, heightPx = 240 }: DonutProps) {
  const { t } = useTranslation();
  const top = topShares(shares, OTHER);
  const colours = seriesColours(top.map(({ name }) => name).filter((name) => name !== OTHER));
  const lines = top.map(({ name, value }) => ({
    name: name === OTHER ? t('chart.other') : nameOf(name),
    colour: colours[name] ?? OTHER_COLOUR,
    text: format(value),
    value,
  }));
  const size = Math.min(heightPx, 200);
  return (
    <div className={styles.donut}>
      <PieChart width={size} height={size} accessibilityLayer={false}>
        <Pie
          data={lines.map(({ colour, ...line }) => ({ ...line, fill: colour }))}
          rootTabIndex={-1}
          dataKey="value"
          nameKey="name"
          innerRadius="64%"
          outerRadius="96%"
          stroke="var(--om-surface)"
          strokeWidth={2}
          isAnimationActive={false}
        />
      </PieChart>
      <Legend lines={lines} />
    </div>
  );
}

interface LegendLine {
  readonly name: string;
  readonly colour: string;
  readonly text?: string;
}

function Legend({ lines }: { readonly lines: readonly LegendLine[] }) {
  return (
    <ul className={styles.legend}>
      {lines.map(({ name, colour, text }) => (
        <li key={name}>
          <span className={styles.swatch} style={{ background: colour }} />
          <span>{name}</span>
          {text !== undefined && <span>{text}</span>}
        </li>
      ))}
    </ul>
  );
}

function Tip({ title, lines }: { readonly title: string; readonly lines: readonly LegendLine[] }) {
  if (lines.length === 0) return null;
  return (
    <div className={styles.tip}>
      <p>{title}</p>
      <Legend lines={lines} />
    </div>
  );
}
