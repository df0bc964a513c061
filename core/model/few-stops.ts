/** Stop sequences for hosts that refuse a request with more than a few of them. */
import type { LossList } from './loss.ts';

/** The first `most` sequences; the others are a loss. */
export function fewStops(
  stop: readonly string[] | undefined,
  most: number,
  losses: LossList,
): readonly string[] | undefined {
  if (stop === undefined || stop.length <= most) return stop;
  losses.add('stop', 'stop', `Only the first ${most} stop sequences are sent.`);
  return stop.slice(0, most);
}
