/**
 * Destructive actions that wait: the thing disappears at once, the call is made after eight seconds, and until then Undo
 * brings it back. Leaving the page makes the call at once.
 */
import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../api.ts';
import { announce } from './announce.ts';

const GRACE_MS = 8_000;

export interface Undoable {
  /** Is this one on its way out? Leave it out of the list. */
  readonly isLeaving: (id: string) => boolean;
  /** @param message "The key “laptop” was revoked." */
  readonly start: (id: string, message: string) => void;
}

interface Waiting {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly commit: () => void;
}

/** @param commit makes the call; it should also renew the list's query */
export function useUndoable(commit: (id: string) => Promise<unknown>): Undoable {
  const { t } = useTranslation();
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const waiting = useRef(new Map<string, Waiting>());
  const settle = (id: string): void => {
    clearTimeout(waiting.current.get(id)?.timer);
    waiting.current.delete(id);
    notifications.hide(id);
  };
  const bringBack = (id: string): void => setLeaving((ids) => new Set([...ids].filter((other) => other !== id)));
  const start = (id: string, message: string): void => {
    setLeaving((ids) => new Set([...ids, id]));
    const run = (): void => {
      settle(id);
      commit(id).catch((error: unknown) => {
        bringBack(id);
        notifications.show({ color: 'red', message: failureOf(error).message });
      });
    };
    waiting.current.set(id, { timer: setTimeout(run, GRACE_MS), commit: run });
    announce(message);
    notifications.show({
      id,
      autoClose: GRACE_MS,
      withCloseButton: false,
      message: (
        <UndoNote
          message={message}
          onUndo={() => {
            settle(id);
            bringBack(id);
            announce(t('undo.done'));
          }}
        />
      ),
    });
  };
  useEffect(() => {
    const all = waiting.current;
    const commitAll = (): void => {
      for (const { commit: run } of [...all.values()]) run();
    };
    window.addEventListener('pagehide', commitAll);
    return () => {
      window.removeEventListener('pagehide', commitAll);
      commitAll();
    };
  }, []);
  return { isLeaving: (id) => leaving.has(id), start };
}

export interface UndoNoteProps {
  readonly message: string;
  readonly onUndo: () => void;
}

/** The text of a notification with Undo at its end. */
export function UndoNote({ message, onUndo }: UndoNoteProps) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" gap="xs">
      {message}
      <Button size="compact-xs" variant="default" onClick={onUndo}>
        {t('undo.label')}
      </Button>
    </Group>
  );
}
