/** What stands around every page: sidebar or drawer, top bar with the endpoint, the lost-connection banner, and the palette. */
import { ActionIcon, Button, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { useRenewalByFacts } from '../live.ts';
import { LeaveQuestion } from '../ui/leave-guard.tsx';
import { PAGE_ACTION_SLOT, PAGE_TITLE_SLOT } from '../ui/page-header.tsx';
import { EmptyState, RowsSkeleton } from '../ui/states.tsx';
import { EndpointPill } from './endpoint-pill.tsx';
import styles from './frame.module.css';
import { HelpSheet } from './help-sheet.tsx';
import { useKeyboard } from './keyboard.ts';
import { PageBoundary } from './page-boundary.tsx';
import { PAGES, preloadPages } from './pages.tsx';
import { Palette } from './palette.tsx';
import { Sidebar } from './sidebar.tsx';

export interface FrameProps {
  /** The gateway does not answer. */
  readonly isLost: boolean;
  readonly onRetry: () => void;
}

export function Frame({ isLost, onRetry }: FrameProps) {
  const { t } = useTranslation();
  const [isMenuOpen, menu] = useDisclosure(false);
  const [isHelpOpen, help] = useDisclosure(false);
  useKeyboard({ onHelp: help.open });
  useRenewalByFacts();
  useEffect(preloadPages, []);
  return (
    <div className={styles.frame}>
      <a href="#content" className="skip-link">
        {t('skip')}
      </a>
      <Sidebar className={styles.sidebar ?? ''} />
      <Drawer
        opened={isMenuOpen}
        onClose={menu.close}
        size={240}
        title="OmniRoute"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Sidebar isInDrawer onNavigate={menu.close} />
      </Drawer>
      <div className={styles.column}>
        <header className={styles.bar}>
          <ActionIcon className={styles.menu ?? ''} aria-label={t('menu')} onClick={menu.open}>
            <IconMenu2 size={18} aria-hidden="true" />
          </ActionIcon>
          <div id={PAGE_TITLE_SLOT} className={styles.title} />
          <div id={PAGE_ACTION_SLOT} className={styles.action} />
          <EndpointPill isLost={isLost} />
        </header>
        {isLost && (
          <div role="alert" className={styles.banner}>
            <span>{t('lost.banner')}</span>
            <Button variant="default" size="compact-sm" onClick={onRetry}>
              {t('error.retry')}
            </Button>
          </div>
        )}
        <main id="content" tabIndex={-1} className={styles.content}>
          <Pages />
        </main>
      </div>
      <Palette onHelp={help.open} />
      <LeaveQuestion />
      <HelpSheet isOpen={isHelpOpen} onClose={help.close} />
    </div>
  );
}

function Pages() {
  const { t } = useTranslation();
  return (
    <Switch>
      {PAGES.map(({ id, path, component: Component }) => (
        <Route key={id} path={path === '/' ? '/' : `${path}/*?`}>
          <PageBoundary key={id}>
            <Suspense fallback={<RowsSkeleton rows={8} />}>
              <Component />
            </Suspense>
          </PageBoundary>
        </Route>
      ))}
      <Route>
        <EmptyState text={t('missing')} />
      </Route>
    </Switch>
  );
}
