import { describe, expect, it } from 'vitest';
import { Turns } from '../../core/base/turns.ts';

/** Work that ends when it is told to. */
function work(): { readonly run: () => Promise<string>; end(): void; readonly begun: () => boolean } {
  const { promise, resolve } = Promise.withResolvers<string>();
  let isBegun = false;
  const run = (): Promise<string> => {
    isBegun = true;
    return promise;
  };
  return { run, end: () => resolve('done'), begun: () => isBegun };
}

describe('turns', () => {
  const { signal } = new AbortController();

  it('let so many run at a time, the others in order', async () => {
    const turns = new Turns(2);
    const works = [work(), work(), work(), work()];
    const results = works.map(({ run }) => turns.run(run, signal));
    const begun = (): boolean[] => works.map((one) => one.begun());
    expect(begun()).toEqual([true, true, false, false]);
    works[1]?.end();
    await results[1];
    expect(begun()).toEqual([true, true, true, false]);
    for (const one of works) one.end();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
    expect(await turns.run(() => Promise.resolve('again'), signal)).toBe('again');
  });

  it('are left by who is told to, and passed on by a failure', async () => {
    const turns = new Turns(1);
    const first = work();
    const running = turns.run(first.run, signal);
    const leaving = new AbortController();
    const left = turns.run(work().run, leaving.signal);
    const failing = turns.run(() => Promise.reject(new Error('broken')), signal);
    const last = turns.run(() => Promise.resolve('last'), signal);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    first.end();
    await expect(failing).rejects.toThrow('broken');
    expect([await running, await last]).toEqual(['done', 'last']);
  });
});
