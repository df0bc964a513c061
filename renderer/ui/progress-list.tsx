/** Long work in steps: which wait, which run, how each ended; and a way to stop. */
import { Button, Loader, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './progress-list.module.css';
import { StateMark } from './state-mark.tsx';

export interface ProgressItem {
  readonly id: string;
  readonly label: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** How it ended, in a few words: "works (240 ms)". */
  readonly detail?: string;
}

export interface ProgressListProps {
  readonly label: string;
  readonly items: readonly ProgressItem[];
  /** Offered while something runs. */
  readonly onCancel?: () => void;
}

export function ProgressList({ label, items, onCancel }: ProgressListProps) {
  const { t } = useTranslation();
  const ended = items.filter(({ state }) => state === 'done' || state === 'failed').length;
  const words = { done: t('progress.done'), failed: t('progress.failed'), waiting: t('progress.waiting') };
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        <Progress
          className={styles.bar}
          value={items.length === 0 ? 0 : (ended / items.length) * 100}
          aria-label={label}
          size={4}
        />
        <span>{t('progress.count', { ended, all: items.length })}</span>
        {onCancel !== undefined && ended < items.length && (
          <Button variant="default" size="compact-xs" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
      </div>
      <ul className={styles.list} aria-label={label} aria-live="polite">
        {items.map(({ id, label: name, state, detail }) => (
          <li key={id} className={styles.item}>
            <span className={styles.name}>{name}</span>
            {state === 'running' ? (
              <Loader size={12} aria-label={t('progress.running')} />
            ) : (
              <StateMark
                state={state === 'done' ? 'healthy' : state === 'failed' ? 'failing' : 'off'}
                label={detail ?? words[state]}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
