/** Asks providers whether accounts work, some at a time, and can be stopped in between. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import { formatDuration } from '../../ui/format.ts';
import type { ProgressItem } from '../../ui/progress-list.tsx';

const TESTS_AT_ONCE = 4;

export interface TestTarget {
  readonly connectionId: string;
  readonly label: string;
}

export interface TestRun {
  /** Empty before the first run. */
  readonly items: readonly ProgressItem[];
  readonly isRunning: boolean;
  readonly start: (targets: readonly TestTarget[]) => void;
  /** Stops what runs; what has ended stays on screen. */
  readonly cancel: () => void;
  readonly clear: () => void;
}

export function useTestRun(): TestRun {
  const { t } = useTranslation('providers');
  const [items, setItems] = useState<readonly ProgressItem[]>([]);
  const stopper = useRef<AbortController>(undefined);
  const set = (id: string, change: Partial<ProgressItem>): void =>
    setItems((now) => now.map((item) => (item.id === id ? { ...item, ...change } : item)));
  const testOne = async ({ connectionId: id }: TestTarget, signal: AbortSignal): Promise<void> => {
    set(id, { state: 'running' });
    try {
      const { valid, error, latencyMs } = await api.providers.test({ id }, { signal });
      set(id, {
        state: valid ? 'done' : 'failed',
        detail: valid ? t('test.works', { time: formatDuration(latencyMs) }) : (error ?? t('test.failed')),
      });
    } catch (error) {
      set(id, { state: 'failed', detail: signal.aborted ? t('test.stopped') : failureOf(error).message });
    }
  };
  const start = (targets: readonly TestTarget[]): void => {
    stopper.current?.abort();
    stopper.current = new AbortController();
    const { signal } = stopper.current;
    setItems(targets.map(({ connectionId, label }) => ({ id: connectionId, label, state: 'waiting' })));
    const waiting = targets.values();
    const worker = async (): Promise<void> => {
      for (const target of waiting) {
        if (signal.aborted) return;
        await testOne(target, signal);
      }
    };
    void Promise.all(Array.from({ length: TESTS_AT_ONCE }, worker)).then(() =>
      queryClient.invalidateQueries({ queryKey: queries.providers.key() }),
    );
  };
  const cancel = (): void => {
    stopper.current?.abort();
    setItems((now) =>
      now.map((item) => (item.state === 'waiting' ? { ...item, state: 'failed', detail: t('test.stopped') } : item)),
    );
  };
  const isRunning = items.some(({ state }) => state === 'running' || state === 'waiting');
  return { items, isRunning, start, cancel, clear: () => setItems([]) };
}
