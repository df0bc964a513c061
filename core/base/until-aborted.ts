/**
 * What work comes to, or the signal's reason at once when it is aborted first. For work that heeds a signal late or never:
 * undici's `request` does so only once a connection stands, and a name is looked up to the end.
 */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    const settled = (settle: () => void): void => {
      signal.removeEventListener('abort', leave);
      settle();
    };
    work.then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    );
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
