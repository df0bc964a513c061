/** Which time is looked at, kept in the address so that a reload and a link show the same. */
import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Inputs } from '../../api.ts';

export const RANGES = ['1d', '7d', '30d', '90d', 'ytd', 'all'] as const;
export type RangeName = (typeof RANGES)[number] | 'custom';

export interface Range {
  readonly name: RangeName;
  /** What analytics and export are asked for. */
  readonly input: Inputs['analytics']['get'];
  readonly choose: (name: RangeName) => void;
  /** ISO days, both included. */
  readonly chooseDays: (from: string, to: string) => void;
}

const DEFAULT: RangeName = '30d';
const WEEK_MS = 7 * 86_400_000;

export function useRange(): Range {
  const [search, setSearch] = useSearchParams();
  const [from, to] = [search.get('from'), search.get('to')];
  const name = from !== null || to !== null ? 'custom' : (RANGES.find((one) => one === search.get('range')) ?? DEFAULT);
  const input = useMemo(
    () => (name === 'custom' ? { ...(from && { from }), ...(to && { to }) } : { range: name }),
    [name, from, to],
  );
  const chooseDays: Range['chooseDays'] = (first, last) => setSearch({ from: first, to: last }, { replace: true });
  return {
    ...{ name, input, chooseDays },
    choose: (next) =>
      next === 'custom'
        ? chooseDays(isoDay(Date.now() - WEEK_MS), isoDay(Date.now()))
        : setSearch({ range: next }, { replace: true }),
  };
}

/** `2026-11-25` in the browser's zone. */
export function isoDay(atMs: number): string {
  const at = new Date(atMs);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
