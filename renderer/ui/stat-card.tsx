/** The one number that matters, its name, what it is compared with, and its last course as a line. */
import type { ReactNode } from 'react';
import { Card } from './section.tsx';
import styles from './stat-card.module.css';

export interface StatCardProps {
  readonly label: string;
  readonly value: ReactNode;
  /** A short line under the number. */
  readonly detail?: ReactNode;
  /** Equal steps of time, oldest first; drawn without axes, so the figures must stand elsewhere too. */
  readonly course?: readonly number[];
}

export function StatCard({ label, value, detail, course }: StatCardProps) {
  return (
    <Card>
      <div className={styles.label}>{label}</div>
      <div className={styles.value}>{value}</div>
      <div className={styles.foot}>
        <span className={styles.detail}>{detail}</span>
        {course !== undefined && course.length > 1 && <Sparkline values={course} />}
      </div>
    </Card>
  );
}

const WIDTH = 72;
const HEIGHT = 20;

/** A bare line, hidden from screen readers. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const highest = Math.max(...values, 1e-9);
  const step = WIDTH / (values.length - 1);
  const points = values.map(
    (value, index) => `${(index * step).toFixed(1)},${(HEIGHT - 1 - (value / highest) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return (
    <svg className={styles.line} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="var(--om-accent)"
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
