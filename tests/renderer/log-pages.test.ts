/** What ended since is put on top of the loaded pages, once each, by the begin of each request. */
import { describe, expect, it } from 'vitest';
import type { LoadedPages, Log, LogPage } from '../../renderer/features/logs/log-pages.ts';
import { ROWS_MAX, rowsOf, withNewest } from '../../renderer/features/logs/log-pages.ts';

const log = (minute: number): Log => ({
  ...{ id: `r-${minute}`, timestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() },
  ...{ endpoint: '/v1/messages', requestedModel: 'm', provider: 'p', model: 'm', sourceFormat: 'f', stream: false },
  ...{ status: 200, outcome: 'ok', durationMs: 1, attempts: 1, tokensIn: 0, tokensOut: 0, tokensCached: 0 },
  ...{ tokensReasoning: 0, isEstimated: false, cost: 0, losses: [] },
});
const page = (...minutes: number[]): LogPage => ({ logs: minutes.map(log), nextCursor: `after ${minutes.at(-1)}` });
const loaded = (...pages: LogPage[]): LoadedPages => ({ pages, pageParams: pages.map((_page, index) => `${index}`) });
const idsOf = (pages: LoadedPages): number[] => rowsOf(pages).map(({ id }) => Number(id.slice(2)));

describe('the newest page put on top', () => {
  const before = loaded(page(9, 8, 7), page(6, 5));
  it.each([
    { name: 'of rows that are all known changes nothing', newest: page(9, 8, 7), after: [9, 8, 7, 6, 5] },
    { name: 'of some new rows adds them once', newest: page(11, 10, 9), after: [11, 10, 9, 8, 7, 6, 5] },
    { name: 'places what began earlier but ended later', newest: page(10, 9, 7.5), after: [10, 9, 8, 7.5, 7, 6, 5] },
    { name: 'begins anew where rows between would be missing', newest: page(20, 19, 18), after: [20, 19, 18] },
  ])('$name', ({ newest, after }) => {
    expect(idsOf(withNewest(before, newest))).toEqual(after);
  });

  it('keeps where the next page begins', () => {
    expect(withNewest(before, page(10, 9)).pages.map(({ nextCursor }) => nextCursor)).toEqual(['after 7', 'after 5']);
  });

  it('fills an empty list, and begins anew beyond its bound', () => {
    expect(idsOf(withNewest(loaded(page()), page(2, 1)))).toEqual([2, 1]);
    const full = loaded(page(...Array.from({ length: ROWS_MAX }, (_unused, at) => ROWS_MAX - at)));
    expect(idsOf(withNewest(full, page(ROWS_MAX + 1, ROWS_MAX)))).toEqual([ROWS_MAX + 1, ROWS_MAX]);
  });
});
