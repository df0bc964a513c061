/** A failure in a window: what went wrong, where the log is, what can be done. Never a blank window. */
import { app, shell } from 'electron';
import { OmniError } from '../../core/base/errors.ts';
import { commandLink, escaped, openShellPage, type ShellPages } from './shell-page.ts';
import type { Words } from './words.ts';

export interface Failure {
  readonly title: string;
  /** A sentence for a person; the rest is in the log. */
  readonly reason: string;
  readonly logFile: string;
}

const SIZE = { width: 560, height: 340 };

/** The sentence of whatever was thrown. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof OmniError) return thrown.message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export function showFailure({ title, reason, logFile }: Failure, words: Words, pages: ShellPages): void {
  const { say } = words;
  openShellPage(
    {
      name: 'failure',
      title,
      language: words.language,
      size: SIZE,
      body: `<pre dir="auto">${escaped(reason)}</pre><p>${escaped(say('failure.log'))}: <code dir="ltr">${escaped(logFile)}</code></p><nav>${commandLink('retry', say('failure.retry'), true)}${commandLink('open-log', say('failure.openLog'))}${commandLink('quit', say('failure.quit'))}</nav>`,
      onCommand(command) {
        if (command === 'open-log') void shell.openPath(logFile);
        if (command === 'retry') app.relaunch();
        if (command === 'retry' || command === 'quit') app.quit();
      },
    },
    pages,
  );
}
