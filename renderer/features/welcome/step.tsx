import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './welcome.module.css';

export interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  /** What it needs is not there yet: shown, but quietly. */
  readonly isWaiting?: boolean;
  readonly children: ReactNode;
}

/** A numbered part of the way; the number turns into a mark when it is done. */
export function Step({ number, title, text, isDone, isWaiting = false, children }: StepProps) {
  const { t } = useTranslation('welcome');
  const id = useId();
  return (
    <section className={styles.step} aria-labelledby={id} data-waiting={isWaiting}>
      <span className={styles.number} data-done={isDone}>
        {isDone ? <IconCheck size={16} role="img" aria-label={t('done')} /> : number}
      </span>
      <div className={styles.body}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <p className={styles.text}>{text}</p>
        {children}
      </div>
    </section>
  );
}
