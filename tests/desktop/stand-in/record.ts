/** What the app did to the world outside its windows. Tests read it and click what can be clicked. */
import type { MessageBoxOptions, NotificationConstructorOptions } from 'electron';

export interface DialogRecord {
  readonly options: MessageBoxOptions;
  /** Answers it with the index of a button. */
  readonly answer: (response: number) => void;
}

export const record = {
  notifications: [] as (Pick<NotificationConstructorOptions, 'title' | 'body'> & { click(): void })[],
  /** URLs and files handed to the system. */
  opened: [] as string[],
  /** Open ones, oldest first. */
  dialogs: [] as DialogRecord[],
  /** Those that the app itself waited for, and what the next one is answered with. */
  answered: [] as MessageBoxOptions[],
  nextAnswer: 0,
  clipboard: '',
  shortcuts: new Map<string, () => void>(),
  loginItem: {} as { openAtLogin?: boolean },
  hasRelaunched: false,
};
