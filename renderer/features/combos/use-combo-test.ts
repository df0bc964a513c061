/** Asks each model of one combo, some at a time, so that each answer shows when it comes; can be stopped in between. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, failureOf } from '../../api.ts';
import { formatDuration } from '../../ui/format.ts';
import type { ProgressItem } from '../../ui/progress-list.tsx';
import { type Combo, modelOf } from './combo-values.ts';

const TESTS_AT_ONCE = 5;

export interface ComboTest {
  /** Undefined before a test and after `close`. */
  readonly items: readonly ProgressItem[] | undefined;
  readonly start: (combo: Combo) => void;
  readonly cancel: () => void;
  readonly close: () => void;
}

export function useComboTest(): ComboTest {
  const { t } = useTranslation('combos');
  const [items, setItems] = useState<readonly ProgressItem[]>();
  const stopper = useRef<AbortController>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);
  const set = (id: string, change: Partial<ProgressItem>): void =>
    setItems((now) => now?.map((item) => (item.id === id ? { ...item, ...change } : item)));
  const testOne = async (comboName: string, model: string, signal: AbortSignal): Promise<void> => {
    set(model, { state: 'running' });
    try {
      const [result] = (await api.comboTests.test({ comboName, model }, { signal })).results;
      const isWorking = result?.status === 'ok';
      const detail = isWorking ? t('works', { time: formatDuration(result.latencyMs) }) : (result?.error ?? '');
      set(model, { state: isWorking ? 'done' : 'failed', detail });
    } catch (error) {
      if (!signal.aborted) set(model, { state: 'failed', detail: failureOf(error).message });
    }
  };
  const start = (combo: Combo): void => {
    stopper.current?.abort();
    const controller = new AbortController();
    stopper.current = controller;
    const { signal } = controller;
    const models = [...new Set(combo.models.map(modelOf))];
    setItems(models.map((model) => ({ id: model, label: model, state: 'waiting' })));
    const waiting = models.values();
    const worker = async (): Promise<void> => {
      for (const model of waiting) {
        if (signal.aborted) return;
        await testOne(combo.name, model, signal);
      }
    };
    void Promise.all(Array.from({ length: TESTS_AT_ONCE }, worker));
  };
  const cancel = (): void => {
    stopper.current?.abort();
    const isOpen = ({ state }: ProgressItem): boolean => state === 'waiting' || state === 'running';
    setItems((now) => now?.map((item) => (isOpen(item) ? { ...item, state: 'failed', detail: t('stopped') } : item)));
  };
  const close = (): void => {
    stopper.current?.abort();
    setItems(undefined);
  };
  return { items, start, cancel, close };
}
