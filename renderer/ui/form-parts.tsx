/** The end of every form: why the last try did not work, and its buttons. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../api.ts';
import styles from './form-parts.module.css';

/** Nothing while there is no error. */
export function FormError({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className={styles.error}>
      {failureOf(error).message}
    </p>
  );
}

export interface FormButtonsProps {
  readonly submitLabel: string;
  readonly isBusy?: boolean;
  readonly isReady?: boolean;
  readonly onCancel?: () => void;
  /** At the other end: what destroys, say. */
  readonly children?: ReactNode;
}

export function FormButtons({ submitLabel, isBusy = false, isReady = true, onCancel, children }: FormButtonsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.buttons}>
      {children}
      {onCancel !== undefined && (
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      )}
      <Button type="submit" loading={isBusy} disabled={!isReady}>
        {submitLabel}
      </Button>
    </div>
  );
}
