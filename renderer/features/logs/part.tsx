import type { ReactNode } from 'react';
import styles from './logs.module.css';

/** A titled part of the sheet of one request. */
export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
