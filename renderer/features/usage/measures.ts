/** What is counted: each measure with where it stands in the sums, and how it reads. */
import type { Outputs } from '../../api.ts';
import { formatCount, formatMoney } from '../../ui/format.ts';

export type Analytics = Outputs['analytics']['get'];
export type Sums = Analytics['dailyTrend'][number];
export const MEASURES = ['tokens', 'cost', 'requests'] as const;
export type Measure = (typeof MEASURES)[number];

export function measured(measure: Measure, { totalTokens, cost, requests }: Omit<Sums, 'date'>): number {
  return { tokens: totalTokens, cost, requests }[measure];
}

export function formatMeasure(measure: Measure): (value: number) => string {
  return measure === 'cost' ? formatMoney : formatCount;
}
