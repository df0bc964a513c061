import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../api.ts';
import styles from './providers.module.css';

/** Why the last try did not work. */
export function FormError({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className={styles.error}>
      {failureOf(error).message || t('error.unreachable')}
    </p>
  );
}

export interface FormButtonsProps {
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly isReady: boolean;
  readonly onCancel: () => void;
}

export function FormButtons({ submitLabel, isBusy, isReady, onCancel }: FormButtonsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.buttons}>
      <Button variant="default" onClick={onCancel}>
        {t('cancel')}
      </Button>
      <Button type="submit" loading={isBusy} disabled={!isReady}>
        {submitLabel}
      </Button>
    </div>
  );
}
