/** The rows of the log as they were loaded: pages from the newest on, and what has ended since put on top. Pure. */
import type { Outputs } from '../../api.ts';

export type LogPage = Outputs['usageLogs']['list'];
export type Log = LogPage['logs'][number];

export interface LoadedPages {
  readonly pages: readonly LogPage[];
  readonly pageParams: readonly unknown[];
}

/** So many rows are held; who looks further back narrows the search. */
export const ROWS_MAX = 5_000;

export function rowsOf(loaded: LoadedPages | undefined): readonly Log[] {
  return loaded?.pages.flatMap(({ logs }) => logs) ?? [];
}

/**
 * The pages with a newly read first page. Where none of its rows is known, more has ended than a page holds: the list then
 * begins anew, as it does beyond `ROWS_MAX`.
 */
export function withNewest(loaded: LoadedPages, newest: LogPage): LoadedPages {
  const [first, ...others] = loaded.pages;
  const rows = rowsOf(loaded);
  const known = new Set(rows.map(({ id }) => id));
  const fresh = newest.logs.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return loaded;
  const hasGap = rows.length > 0 && fresh.length === newest.logs.length;
  if (first === undefined || hasGap || rows.length + fresh.length > ROWS_MAX)
    return { pages: [newest], pageParams: [''] };
  // By their begin: what took long is not the newest when it ends.
  const logs = [...fresh, ...first.logs].sort((a, b) => b.timestamp.localeCompare(a.timestamp));
  return { pages: [{ ...first, logs }, ...others], pageParams: loaded.pageParams };
}
