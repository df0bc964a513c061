import { useTranslation } from 'react-i18next';
import type { State } from '../../ui/state-mark.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration } from '../../ui/values.tsx';
import type { Detail, DetailProps } from './detail.ts';
import styles from './logs.module.css';
import { Part } from './part.tsx';

type Attempt = Detail['attemptLog'][number];

const STATES: Readonly<Record<Attempt['outcome'], State>> = {
  ok: 'healthy',
  error: 'failing',
  cancelled: 'off',
  skipped: 'off',
};

/** Every attempt in order, on one line of time; what was passed over too. */
export function Attempts({ request: { attemptLog, durationMs, firstContentMs, servedFrom } }: DetailProps) {
  const { t } = useTranslation('logs');
  const ends = attemptLog.map(({ startedAfterMs, durationMs: lasted }) => startedAfterMs + lasted);
  const wholeMs = Math.max(durationMs, 1, ...ends);
  return (
    <Part title={t('attempts.title')}>
      {attemptLog.length === 0 ? (
        <p className={styles.quiet}>{servedFrom === undefined ? t('attempts.none') : t(`served.${servedFrom}`)}</p>
      ) : (
        <ol className={styles.attempts}>
          {attemptLog.map((attempt, index) => (
            <li key={`${attempt.startedAfterMs} ${attempt.provider} ${attempt.model} ${attempt.connectionId}`}>
              <AttemptRow
                attempt={attempt}
                wholeMs={wholeMs}
                firstContentMs={index === attemptLog.length - 1 ? firstContentMs : undefined}
              />
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}

interface AttemptRowProps {
  readonly attempt: Attempt;
  readonly wholeMs: number;
  /** Since the request began. */
  readonly firstContentMs: number | undefined;
}

function AttemptRow({ attempt, wholeMs, firstContentMs }: AttemptRowProps) {
  const { t } = useTranslation('logs');
  const { provider, model, account, startedAfterMs, durationMs, outcome, errorCode, message, proxy } = attempt;
  const part = (ms: number): string => `${(Math.max(0, ms) / wholeMs) * 100}%`;
  return (
    <>
      <div className={styles.attempt}>
        <StateMark isCompact state={STATES[outcome]} label={t(`attempt.${outcome}`)} />
        <span className={styles.place}>
          <code>{model}</code> <span className={styles.quiet}>{account ?? provider}</span>
        </span>
        <Duration ms={durationMs} />
      </div>
      <div className={styles.track} aria-hidden="true">
        <span
          data-outcome={outcome}
          style={{ marginInlineStart: part(startedAfterMs), inlineSize: `max(2px, ${part(durationMs)})` }}
        />
        {firstContentMs !== undefined && <i style={{ insetInlineStart: part(firstContentMs) }} />}
      </div>
      {(message ?? errorCode) !== undefined && <p className={styles.message}>{message ?? errorCode}</p>}
      {proxy !== undefined && <p className={styles.quiet}>{t('attempt.proxy', { proxy })}</p>}
    </>
  );
}
