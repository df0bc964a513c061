/**
 * The single-instance lock: a file in the user data that only one process can make, and a folder in which later ones leave
 * what they were asked to do. Synchronous, as Electron's is.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Asked {
  readonly argv: string[];
  readonly folder: string;
}

/** True for the first; a later one has handed its arguments over. The lock of a process that died is taken over. */
export function takeLock(userData: string, onSecond: (argv: string[], folder: string) => void): boolean {
  const file = join(userData, 'instance.lock');
  const inbox = join(userData, 'instance.inbox');
  mkdirSync(inbox, { recursive: true });
  if (!tryLock(file)) {
    if (isAlive(Number(readFileSync(file, 'utf8')))) {
      const asked: Asked = { argv: process.argv, folder: process.cwd() };
      const draft = join(userData, `asked-${process.pid}`);
      writeFileSync(draft, JSON.stringify(asked));
      renameSync(draft, join(inbox, String(process.pid)));
      return false;
    }
    rmSync(file);
    if (!tryLock(file)) return false;
  }
  process.on('exit', () => rmSync(file, { force: true }));
  watch(inbox, () => takeAll(inbox, onSecond)).unref();
  return true;
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function takeAll(inbox: string, onSecond: (argv: string[], folder: string) => void): void {
  for (const name of readdirSync(inbox)) {
    const file = join(inbox, name);
    const asked = JSON.parse(readFileSync(file, 'utf8')) as Asked;
    rmSync(file);
    onSecond(asked.argv, asked.folder);
  }
}
