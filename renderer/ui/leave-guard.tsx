/** Asks before unsaved changes are lost, whichever way out is taken: a link, a key, the palette, Back, closing the tab. */
import { Button, Modal } from '@mantine/core';
import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './controls.module.css';
import { guardPlace, useHeldWay } from './location.ts';

/** While `hasChanges`, leaving the page asks first. After saving, leave by `goUnasked`. */
export function useLeaveGuard(hasChanges: boolean): void {
  // As early as an effect can be: a page that is replaced by the login must not hold the way there.
  useLayoutEffect(() => (hasChanges ? guardPlace() : undefined), [hasChanges]);
}

/** The question of all pages; stands once, in the frame. */
export function LeaveQuestion() {
  const { t } = useTranslation();
  const way = useHeldWay();
  return (
    <Modal
      opened={way !== undefined}
      onClose={() => way?.stay()}
      title={t('unsaved.title')}
      closeButtonProps={{ 'aria-label': t('unsaved.stay') }}
    >
      <p className={styles.consequence}>{t('unsaved.text')}</p>
      <div className={styles.buttons}>
        <Button variant="default" data-autofocus onClick={() => way?.stay()}>
          {t('unsaved.stay')}
        </Button>
        <Button color="red.8" onClick={() => way?.leave()}>
          {t('unsaved.leave')}
        </Button>
      </div>
    </Modal>
  );
}
