/**
 * The log as a port. Fields are an allow-list by construction: callers pass named, secret-free values; bodies and
 * headers are never passed here.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields, cause?: unknown): void;
}

const nothing = (): undefined => undefined;

/** A log that keeps nothing, for tests and benches. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
