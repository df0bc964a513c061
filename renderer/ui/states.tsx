/** What a list shows while it loads, when it is empty, and when it failed. */
import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf, isUnreachable } from '../api.ts';
import styles from './states.module.css';

/** One sentence, one action. */
export function EmptyState({ text, action }: { readonly text: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className={styles.root}>
      <p className={styles.text}>{text}</p>
      {action}
    </div>
  );
}

export interface ErrorStateProps {
  /** "The keys could not be read." */
  readonly title: string;
  readonly error: unknown;
  /** What to do, where a retry alone is not it. */
  readonly advice?: ReactNode;
  readonly onRetry?: () => void;
}

/** What happened, what to do, retry; the code stands in the details. */
export function ErrorState({ title, error, advice, onRetry }: ErrorStateProps) {
  const { t } = useTranslation();
  const { message, code } = failureOf(error);
  return (
    <div className={styles.root} role="alert">
      <p className={styles.title}>
        <span aria-hidden="true" className={styles.mark}>
          ■{' '}
        </span>
        {title}
      </p>
      <p className={styles.text}>{isUnreachable(error) ? t('error.unreachable') : message}</p>
      {advice !== undefined && <p className={styles.text}>{advice}</p>}
      {onRetry !== undefined && (
        <Button variant="default" onClick={onRetry}>
          {t('error.retry')}
        </Button>
      )}
      {code !== undefined && <code className={styles.code}>{code}</code>}
    </div>
  );
}

/** Rows of a table or list before it is there. */
export function RowsSkeleton({ rows = 5 }: { readonly rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.skeleton} role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <Skeleton key={index} height={20} width={`${90 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}

/** Tiles of a grid before they are there. */
export function TilesSkeleton({ tiles = 4, heightPx = 84 }: { readonly tiles?: number; readonly heightPx?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.tiles} role="status" aria-label={t('loading')}>
      {Array.from({ length: tiles }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the tiles are all alike
        <Skeleton key={index} height={heightPx} radius="md" />
      ))}
    </div>
  );
}

interface Answered<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

export interface QueryViewProps<T> {
  /** What `useQuery` returned. */
  readonly query: Answered<T>;
  readonly skeleton: ReactNode;
  readonly errorTitle: string;
  readonly children: (data: T) => ReactNode;
}

/** Skeleton, error with retry, or the data: what was shown once stays while it is asked again. */
export function QueryView<T>({ query, skeleton, errorTitle, children }: QueryViewProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null && query.error !== undefined)
    return <ErrorState title={errorTitle} error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton}</>;
}
