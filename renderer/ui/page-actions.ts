/** What a page offers to the command palette while it is shown. */
import { useEffect, useSyncExternalStore } from 'react';

export interface PageAction {
  readonly id: string;
  /** "Create an API key" */
  readonly label: string;
  readonly run: () => void;
}

let registered: readonly (readonly PageAction[])[] = [];
const listeners = new Set<() => void>();

function change(next: typeof registered): void {
  registered = next;
  for (const listener of listeners) listener();
}

/** Registers actions for as long as the caller is shown. Pass a memoised list. */
export function usePageActions(actions: readonly PageAction[]): void {
  useEffect(() => {
    change([...registered, actions]);
    return () => change(registered.filter((other) => other !== actions));
  }, [actions]);
}

export function useRegisteredActions(): readonly PageAction[] {
  const lists = useSyncExternalStore(subscribe, () => registered);
  return lists.flat();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
