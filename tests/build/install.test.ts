/** When node_modules counts as installed, by what npm itself noted there: enough to run, or all that the tests need too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchesLock } from '../../build/steps/install.mjs';
import { ROOT } from '../support/sources.ts';

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean; devOptional?: boolean; optional?: boolean }>;
}
const LOCK_TEXT = readFileSync(`${ROOT}package-lock.json`, 'utf8');

/** npm's record after an install that left out what `omits` names; `change` then spoils it. */
function record(omits: (entry: Lock['packages'][string]) => boolean, change: (lock: Lock) => void = () => undefined) {
  const lock: Lock = JSON.parse(LOCK_TEXT);
  const kept = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !omits(entry));
  const installed = { packages: Object.fromEntries(kept) };
  change(installed);
  return JSON.stringify(installed);
}

const foreign = (entry: Lock['packages'][string]): boolean => entry.optional === true;
const lean = (entry: Lock['packages'][string]): boolean =>
  foreign(entry) || entry.dev === true || entry.devOptional === true;

describe('matchesLock', () => {
  it('a whole install has all that runs and all that tests need', () => {
    expect(matchesLock(LOCK_TEXT, record(foreign), 'all')).toBe(true);
    expect(matchesLock(LOCK_TEXT, record(foreign), 'run')).toBe(true);
  });

  it('an install without devDependencies runs, but does not test', () => {
    expect(matchesLock(LOCK_TEXT, record(lean), 'run')).toBe(true);
    expect(matchesLock(LOCK_TEXT, record(lean), 'all')).toBe(false);
  });

  it.each(['run', 'all'] as const)('%s: another version or a missing package does not match', (extent) => {
    const other = record(foreign, ({ packages }) =>
      Object.assign(packages['node_modules/zod'] ?? {}, { version: '0.0.1' }),
    );
    const missing = record(foreign, ({ packages }) => delete packages['node_modules/zod']);
    expect(matchesLock(LOCK_TEXT, other, extent)).toBe(false);
    expect(matchesLock(LOCK_TEXT, missing, extent)).toBe(false);
  });

  it('a tool at another version does not match, though it would not be needed to run', () => {
    const other = record(foreign, ({ packages }) =>
      Object.assign(packages['node_modules/vitest'] ?? {}, { version: '0.0.1' }),
    );
    expect(matchesLock(LOCK_TEXT, other, 'run')).toBe(false);
  });
});
