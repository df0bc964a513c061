/** The request log, page by page, with what ends put on top as it ends. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, type Inputs, queryClient } from '../../api.ts';
import { useLiveEvents } from '../../live.ts';
import { type LoadedPages, ROWS_MAX, rowsOf, withNewest } from './log-pages.ts';

export type LogFilter = Pick<Inputs['usageLogs']['list'], 'status' | 'provider' | 'model' | 'apiKey' | 'search'>;

const PAGE = 100;
/** Requests end in bursts, and are written a moment after they ended. */
const RENEWAL_MS = 500;

export function useLog(filter: LogFilter) {
  // Not a key of the contract's: a fact must not make all the loaded pages old.
  const queryKey = ['log-rows', filter];
  const read = (cursor: string) => api.usageLogs.list({ ...filter, limit: PAGE, ...(cursor !== '' && { cursor }) });
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: '',
    getNextPageParam: (last, pages) => (pages.length * PAGE < ROWS_MAX ? last.nextCursor : undefined),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const addNewest = async (): Promise<void> => {
    const newest = await read('');
    queryClient.setQueryData<LoadedPages>(queryKey, (loaded) => loaded && withNewest(loaded, newest));
  };
  const live = useLiveRows(addNewest);
  return { query, rows: rowsOf(query.data), ...live };
}

/** Calls `renew` after requests ended; while paused, counts them instead. */
function useLiveRows(renew: () => Promise<void>) {
  const [isPaused, setIsPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(renew);
  useEffect(() => {
    latest.current = renew;
  });
  const soon = useCallback((): void => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current().catch(() => {
        // A gateway that does not answer is shown by the frame; the next request to end renews the list.
      });
    }, RENEWAL_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLiveEvents(({ type }) => {
    if (type !== 'request-ended') return;
    if (isPaused) setWaiting((count) => count + 1);
    else soon();
  });
  const toggle = useCallback((): void => {
    if (isPaused) soon();
    setWaiting(0);
    setIsPaused(!isPaused);
  }, [isPaused, soon]);
  return { isPaused, waiting, toggle };
}
