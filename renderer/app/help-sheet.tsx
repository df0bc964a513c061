import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './help-sheet.module.css';
import { PAGES } from './pages.tsx';

/** `?`: all keys on one sheet. */
export function HelpSheet({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const keys = [
    ['Ctrl/⌘ K', t('help.palette')],
    ['/', t('help.search')],
    ['?', t('help.help')],
    ['↑ ↓', t('help.rows')],
    ...PAGES.map(({ id, letter }) => [`g ${letter}`, t(`pages.${id}`)] as const),
  ];
  return (
    <Modal opened={isOpen} onClose={onClose} title={t('help.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <dl className={styles.list}>
        {keys.map(([key, meaning]) => (
          <div key={key} className={styles.row}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
