/** A titled part of a page: one surface with a hairline. Sections are never put into sections. */
import type { ReactNode } from 'react';
import { useId } from 'react';
import styles from './section.module.css';

export interface SectionProps {
  readonly title: string;
  /** One sentence under the title. */
  readonly description?: ReactNode;
  /** At the title's end: a link, a small button, a segmented control. */
  readonly aside?: ReactNode;
  /** Content runs to the edges (tables). */
  readonly isFlush?: boolean;
  readonly children?: ReactNode;
}

export function Section({ title, description, aside, isFlush = false, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.root} aria-labelledby={id}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {description !== undefined && <p className={styles.description}>{description}</p>}
        </div>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </div>
      {children !== undefined && <div className={isFlush ? styles.flush : styles.body}>{children}</div>}
    </section>
  );
}

/** A surface without a title, for tiles in a grid. */
export function Card({ children }: { readonly children: ReactNode }) {
  return <div className={`${styles.root} ${styles.card}`}>{children}</div>;
}

/** Sections below each other, 24 px apart. */
export function PageStack({ children }: { readonly children: ReactNode }) {
  return <div className={styles.stack}>{children}</div>;
}

/** Tiles side by side, as many as fit. With `isFilling` few tiles grow to fill the row. @param minWidthPx of a tile */
export function TileGrid({
  minWidthPx = 220,
  isFilling = false,
  children,
}: {
  readonly minWidthPx?: number;
  readonly isFilling?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div
      className={styles.grid}
      style={{
        gridTemplateColumns: `repeat(${isFilling ? 'auto-fit' : 'auto-fill'}, minmax(min(${minWidthPx}px, 100%), 1fr))`,
      }}
    >
      {children}
    </div>
  );
}
