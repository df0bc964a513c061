/**
 * The log of an app without a terminal: JSON lines in a file that is put aside when it is full. At most two files of so
 * many bytes each are kept. Written at once, so that the last words before a crash are there.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 5_000_000;

/** Where pino writes to. `file` and its folder are made at the first line; the full one becomes `<file>.1`. */
export function createLogFile(file: string, maxBytes = MAX_BYTES): { write(line: string): void } {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let size = sizeOf(file);
  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxBytes) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += bytes;
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
