import { useState } from 'react';
import { api, failureOf, queries, queryClient } from '../../api.ts';
import type { SaveStatus } from '../../ui/controls.tsx';
import type { Field, Settings, SettingsChange } from './fields.ts';
import { changeAt, valueAt } from './places.ts';

export interface FieldState {
  readonly value: unknown;
  readonly status: SaveStatus;
  readonly save: (value: unknown) => void;
  /** Brings back what stood there before the last save; undefined when there was none. */
  readonly undo: (() => void) | undefined;
}

/** One setting of the page: saved as soon as it is changed. What others wrote meanwhile to its neighbours stays. */
export function useField(settings: Settings, path: Field['path']): FieldState {
  const [status, setStatus] = useState<SaveStatus>('idle');
  const [before, setBefore] = useState<{ readonly value: unknown }>();
  const value = valueAt(settings, path);
  const write = async (next: unknown, undoTo: typeof before): Promise<void> => {
    setStatus('saving');
    try {
      const { queryKey } = queries.settings.get.queryOptions();
      const now = queryClient.getQueryData<Settings>(queryKey) ?? settings;
      queryClient.setQueryData(queryKey, await send(changeAt(now, path, next)));
      setBefore(undoTo);
      setStatus('saved');
    } catch (error) {
      setStatus({ error: failureOf(error).message });
    }
  };
  return {
    ...{ value, status },
    save: (next) => void write(next, { value }),
    undo: before && status === 'saved' ? () => void write(before.value, undefined) : undefined,
  };
}

/** Who may connect has a call of its own, whose sentences name the address that is wrong. */
async function send(change: SettingsChange): Promise<Settings> {
  if (change.ipFilter === undefined) return api.settings.patch(change);
  await api.ipFilter.put(change.ipFilter);
  return api.settings.get();
}
