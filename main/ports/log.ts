/** The log port over pino: JSON lines on stderr, so that stdout stays free for what programs read. */
import pino from 'pino';
import type { Log, LogFields } from '../../core/base/log.ts';

/** `level` is one of pino's: `debug`, `info`, `warn`, `error`, `silent`. `destination` takes whole lines; default: stderr. */
export function createLog(level: string, destination?: pino.DestinationStream): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
  const write =
    (severity: 'debug' | 'info' | 'warn') =>
    (message: string, fields?: LogFields): void => {
      logger[severity](fields ?? {}, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: (message, fields, cause) => logger.error({ ...fields, ...(cause !== undefined && { err: cause }) }, message),
  };
}
