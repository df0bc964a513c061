/** The pages in their groups. Under 1,024 px only the icons are shown, named on hover and for screen readers. */
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Mark } from './mark.tsx';
import { PAGES, type Page, type PageGroup } from './pages.tsx';
import styles from './sidebar.module.css';

const GROUPS: readonly PageGroup[] = ['route', 'observe', 'system'];

export interface SidebarProps {
  readonly className?: string;
  /** Always with words. */
  readonly isInDrawer?: boolean;
  readonly onNavigate?: () => void;
}

export function Sidebar({ className = '', isInDrawer = false, onNavigate }: SidebarProps) {
  const { t } = useTranslation();
  return (
    <nav className={className} aria-label={t('navigation')} data-drawer={isInDrawer}>
      {!isInDrawer && (
        <Link href="/" className={styles.brand ?? ''}>
          <Mark />
          <span className={styles.word}>OmniRoute</span>
        </Link>
      )}
      {GROUPS.map((group) => (
        <ul key={group} className={styles.group} data-drawer={isInDrawer}>
          {PAGES.filter((page) => page.group === group).map((page) => (
            <Item key={page.id} page={page} {...(onNavigate && { onNavigate })} />
          ))}
        </ul>
      ))}
    </nav>
  );
}

function Item({ page, onNavigate }: { readonly page: Page; readonly onNavigate?: () => void }) {
  const { t } = useTranslation();
  const [location] = useLocation();
  const isHere = page.path === '/' ? location === '/' : location === page.path || location.startsWith(`${page.path}/`);
  const name = t(`pages.${page.id}`);
  return (
    <li>
      <Link
        href={page.path}
        className={styles.link ?? ''}
        title={name}
        aria-current={isHere ? 'page' : undefined}
        onClick={() => onNavigate?.()}
      >
        <page.icon size={18} stroke={1.75} aria-hidden="true" />
        <span className={styles.word}>{name}</span>
      </Link>
    </li>
  );
}
