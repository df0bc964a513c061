import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { FormError } from '../../ui/form-parts.tsx';
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
  useEffect(() => {
    document.title = `${title} · OmniRoute`;
  }, [title]);
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
        <FormError error={error} />
        {children}
      </form>
    </main>
  );
}
