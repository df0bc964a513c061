import { useEffect, useRef, useState } from 'react';

export interface Draft<T> {
  readonly draft: T;
  readonly setDraft: (draft: T) => void;
  /** Saves what was typed, if it differs from what is saved. */
  readonly commit: () => void;
}

/**
 * What is being typed over a value that is saved when its control is left. Back or a key takes the whole page away without
 * that: it is saved then as well.
 */
export function useDraft<T>(value: T, save: (draft: T) => void): Draft<T> {
  const [draft, setDraft] = useState(value);
  const committed = useRef(value);
  const commit = (): void => {
    if (draft === value) return;
    committed.current = draft;
    save(draft);
  };
  const onLeave = useRef(commit);
  useEffect(() => {
    onLeave.current = () => draft !== committed.current && commit();
  });
  useEffect(() => () => onLeave.current(), []);
  return { draft, setDraft, commit };
}
