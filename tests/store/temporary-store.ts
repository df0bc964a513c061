/** A store in a folder of its own, closed and removed after the test; and a log that keeps what it was told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import { openStore, type SqliteStore } from '../../core/store/sqlite/open-store.ts';

export const NOW_MS = 1_800_000_000_000;
export const stillClock: Clock = { nowMs: () => NOW_MS };

export interface LoggedLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly text: string;
}

/** A log into an array; `text` holds message, fields and cause as one string. */
export function keepingLog(): Log & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const keep =
    (level: keyof Log) =>
    (message: string, fields?: unknown, cause?: unknown): void => {
      const reason = cause instanceof Error ? cause.message : '';
      lines.push({ level, message, text: `${message} ${JSON.stringify(fields)} ${reason}` });
    };
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

/** A fresh folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface TemporaryStore {
  readonly store: SqliteStore;
  readonly path: string;
  readonly log: ReturnType<typeof keepingLog>;
}

/** An open store over a fresh file (or the file given), its clock still at `NOW_MS`. */
export function temporaryStore(path: string = join(temporaryFolder(), 'storage.sqlite')): TemporaryStore {
  const log = keepingLog();
  const store = openStore({ path, log, clock: stillClock });
  onTestFinished(() => store.close());
  return { store, path, log };
}
