/** How a request ended, as one of the four states. */
import { useTranslation } from 'react-i18next';
import type { Outputs } from '../api.ts';
import styles from './outcome-mark.module.css';
import { type State, StateMark } from './state-mark.tsx';

type Outcome = Outputs['usageLogs']['list']['logs'][number]['outcome'];

const STATES: Readonly<Record<Outcome, State>> = { ok: 'healthy', cancelled: 'off', cut: 'degraded', error: 'failing' };

export interface OutcomeMarkProps {
  readonly outcome: Outcome;
  /** The HTTP status of the answer. */
  readonly status?: number;
  /** In words, not only as a mark that says them on hover and to screen readers. */
  readonly isSpelledOut?: boolean;
}

export function OutcomeMark({ outcome, status, isSpelledOut = false }: OutcomeMarkProps) {
  const { t } = useTranslation();
  const words = t(`outcome.${outcome}`);
  if (isSpelledOut) return <StateMark state={STATES[outcome]} label={[words, status].join(' · ')} />;
  return (
    <span className={styles.root}>
      <StateMark isCompact state={STATES[outcome]} label={words} />
      {status}
    </span>
  );
}
