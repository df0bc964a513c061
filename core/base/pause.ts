import type { Cancellation } from './cancellation.ts';

/** Waits so long, or until it is cancelled. */
export function pause(ms: number, cancellation: Cancellation): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer);
      forget();
      resolve();
    };
    const timer = setTimeout(go, ms);
    const forget = cancellation.onCancel(go);
  });
}
