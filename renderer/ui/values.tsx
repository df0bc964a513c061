/** Values as they stand in cells and sentences; the exact figure is always a hover away. */
import { useEffect, useState } from 'react';
import { formatCount, formatDateTime, formatDuration, formatMoney, formatNumber, formatRelative } from './format.ts';

/** US dollars; null (no known price) is a dash. */
export function Money({ usd }: { readonly usd: number | null }) {
  return (
    <span title={usd === null ? undefined : `${formatNumber(usd, { maximumFractionDigits: 6 })} USD`}>
      {formatMoney(usd)}
    </span>
  );
}

/** `1.2M`, the whole number on hover. */
export function Tokens({ count }: { readonly count: number }) {
  return <span title={formatNumber(count)}>{formatCount(count)}</span>;
}

export function Duration({ ms }: { readonly ms: number }) {
  return <span title={`${formatNumber(ms)} ms`}>{formatDuration(ms)}</span>;
}

const TICK_MS = 1_000;
const SLOW_TICK_MS = 30_000;

/** `3 min. ago`, exact on hover. @param at ISO text, milliseconds or a Date */
export function RelativeTime({ at }: { readonly at: string | number | Date }) {
  const time = new Date(at);
  const nowMs = useNow(Math.abs(Date.now() - time.getTime()) < 60_000 ? TICK_MS : SLOW_TICK_MS);
  return (
    <time dateTime={time.toISOString()} title={formatDateTime(time)}>
      {formatRelative(time, nowMs)}
    </time>
  );
}

/** Time left until a moment, second by second; `onEnd` once when it is reached. */
export function Countdown({ until, onEnd }: { readonly until: string | number | Date; readonly onEnd?: () => void }) {
  const time = new Date(until);
  const nowMs = useNow(TICK_MS);
  const leftMs = Math.max(0, time.getTime() - nowMs);
  const isOver = leftMs === 0;
  useEffect(() => {
    if (isOver) onEnd?.();
  }, [isOver, onEnd]);
  return (
    <time dateTime={time.toISOString()} title={formatDateTime(time)}>
      {formatDuration(leftMs < 1_000 ? 0 : leftMs)}
    </time>
  );
}

/** The present time, renewed at this interval while the component is shown. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
