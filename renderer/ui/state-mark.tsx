/** The four states, told apart by shape as well as by colour. */
import { useTranslation } from 'react-i18next';
import styles from './state-mark.module.css';

export type State = 'healthy' | 'degraded' | 'failing' | 'off';

const SHAPES: Readonly<Record<State, string>> = { healthy: '●', degraded: '◐', failing: '■', off: '○' };

export interface StateMarkProps {
  readonly state: State;
  /** In place of the state's own word ("Healthy"). */
  readonly label?: string;
  /** The word is then for screen readers and on hover only. */
  readonly isCompact?: boolean;
}

export function StateMark({ state, label, isCompact = false }: StateMarkProps) {
  const { t } = useTranslation();
  const words = {
    healthy: t('state.healthy'),
    degraded: t('state.degraded'),
    failing: t('state.failing'),
    off: t('state.off'),
  };
  const text = label ?? words[state];
  return (
    <span className={styles.root} data-state={state} title={isCompact ? text : undefined}>
      <span aria-hidden="true" className={styles.shape}>
        {SHAPES[state]}
      </span>
      <span className={isCompact ? 'visually-hidden' : styles.label}>{text}</span>
    </span>
  );
}
