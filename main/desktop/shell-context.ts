/** What every part of the shell stands on: where files are, what is remembered, how to say things. */
import { join } from 'node:path';
import { app } from 'electron';
import type { Log } from '../../core/base/log.ts';
import { type Environment, readEnvironment } from '../../core/policy/environment.ts';
import { createLog } from '../ports/log.ts';
import { createLogFile } from '../ports/log-file.ts';
import { type DataPaths, dataPaths } from '../ports/paths.ts';
import { openPreferences, type Preferences } from './preferences.ts';
import type { ShellPages } from './shell-page.ts';
import { type Words, wordsIn } from './words.ts';

export interface ShellContext {
  readonly environment: Environment;
  readonly paths: DataPaths;
  readonly log: Log;
  readonly preferences: Preferences;
  readonly pages: ShellPages;
  /** In the language chosen now. */
  words(): Words;
}

/** `DATA_DIR/logs/omniroute.log`, and the one before it with `.1`. */
export function logFileIn({ dataDirectory }: DataPaths): string {
  return join(dataDirectory, 'logs', 'omniroute.log');
}

/** Throws OmniError for an environment that cannot be understood, and what the file system says about the log. */
export function openContext(pages: ShellPages): ShellContext {
  const environment = readEnvironment(process.env);
  const paths = dataPaths();
  const log = createLog(environment.logLevel, createLogFile(logFileIn(paths)));
  const preferences = openPreferences();
  for (const warning of environment.warnings) log.warn(warning);
  return {
    ...{ environment, paths, log, preferences, pages },
    words: () => wordsIn(preferences.current().language, systemLanguage()),
  };
}

/** The first of the languages that the person set in the system. */
export function systemLanguage(): string {
  return app.getPreferredSystemLanguages()[0] ?? app.getLocale();
}
