/** Asks before unsaved changes are lost: by Cancel, by a link of the page, by closing the tab. */
import { Button, Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import styles from './combos.module.css';

export interface LeaveGuard {
  /** Goes there, after the question where there are changes. */
  readonly leave: (path: string) => void;
  readonly question: ReactNode;
}

export function useLeaveGuard(hasChanges: boolean): LeaveGuard {
  const [, go] = useLocation();
  const [target, setTarget] = useState<string>();
  useEffect(() => {
    if (!hasChanges) return;
    const onClick = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="/"]') : null;
      if (link === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.getAttribute('href') ?? undefined);
    };
    const onUnload = (event: BeforeUnloadEvent): void => event.preventDefault();
    document.addEventListener('click', onClick, true);
    window.addEventListener('beforeunload', onUnload);
    return () => {
      document.removeEventListener('click', onClick, true);
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [hasChanges]);
  const question = (
    <Question target={target} onStay={() => setTarget(undefined)} onLeave={() => target !== undefined && go(target)} />
  );
  return { leave: (path) => (hasChanges ? setTarget(path) : go(path)), question };
}

interface QuestionProps {
  readonly target: string | undefined;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

function Question({ target, onStay, onLeave }: QuestionProps) {
  const { t } = useTranslation('combos');
  return (
    <Modal
      opened={target !== undefined}
      onClose={onStay}
      title={t('unsaved.title')}
      closeButtonProps={{ 'aria-label': t('unsaved.stay') }}
    >
      <p>{t('unsaved.text')}</p>
      <div className={styles.buttons}>
        <Button variant="default" data-autofocus onClick={onStay}>
          {t('unsaved.stay')}
        </Button>
        <Button color="red.8" onClick={onLeave}>
          {t('unsaved.leave')}
        </Button>
      </div>
    </Modal>
  );
}
