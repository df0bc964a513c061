import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../api.ts';
import styles from './sign-in-card.module.css';

export interface SignInCardProps {
  readonly title: string;
  readonly text?: string;
  readonly error?: unknown;
  readonly onSubmit?: () => void;
  readonly children?: ReactNode;
}

/** One form in the middle of the page; what went wrong is said above its button. */
export function SignInCard({ title, text, error, onSubmit, children }: SignInCardProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · OmniRoute`;
  }, [title]);
  const hasFailed = error !== null && error !== undefined;
  return (
    <main className={styles.page}>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <p className={styles.brand}>OmniRoute</p>
        <h1 className={styles.title}>{title}</h1>
        {text !== undefined && <p className={styles.text}>{text}</p>}
        {hasFailed && (
          <p role="alert" className={styles.error}>
            {failureOf(error).message || t('error.unreachable')}
          </p>
        )}
        {children}
      </form>
    </main>
  );
}
