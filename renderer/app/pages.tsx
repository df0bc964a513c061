/**
 * Every page: its path, its letter after `g`, its place in the sidebar, its title and its code, which is loaded when it is
 * first opened. A new page is a row here and a folder in `features/`; what stands below `path` is the page's own affair.
 */
import {
  type Icon,
  IconActivityHeartbeat,
  IconArrowsShuffle,
  IconChartAreaLine,
  IconCoin,
  IconHome,
  IconInfoCircle,
  IconKey,
  IconList,
  IconPlugConnected,
  IconRocket,
  IconSettings,
} from '@tabler/icons-react';
import i18next from 'i18next';
import type { ComponentType } from 'react';
import { type OnDemand, onDemand } from '../ui/on-demand.tsx';
import { RowsSkeleton } from '../ui/states.tsx';

export type PageGroup = 'route' | 'observe' | 'system';

export interface Page {
  /** Names its text: `pages.<id>` in `common.json`. */
  readonly id: string;
  readonly path: string;
  /** Typed after `g`. */
  readonly letter: string;
  readonly icon: Icon;
  /** Where it stands in the sidebar; none: only the palette and links lead there. */
  readonly group?: PageGroup;
  readonly component: OnDemand<object>;
}

/** A page with the texts of its feature, so that neither waits for the other. */
function page<Name extends string>(
  namespace: string,
  load: () => Promise<Record<Name, ComponentType>>,
  name: Name,
): Page['component'] {
  return onDemand(
    async () => (await Promise.all([load(), i18next.loadNamespaces(namespace)]))[0][name],
    () => <RowsSkeleton rows={8} />,
  );
}

export const PAGES: readonly Page[] = [
  {
    ...{ id: 'home', path: '/', letter: 'h', icon: IconHome, group: 'route' },
    component: page('home', () => import('../features/home/home-page.tsx'), 'HomePage'),
  },
  {
    ...{ id: 'providers', path: '/providers', letter: 'p', icon: IconPlugConnected, group: 'route' },
    component: page('providers', () => import('../features/providers/providers-page.tsx'), 'ProvidersPage'),
  },
  {
    ...{ id: 'combos', path: '/combos', letter: 'c', icon: IconArrowsShuffle, group: 'route' },
    component: page('combos', () => import('../features/combos/combos-page.tsx'), 'CombosPage'),
  },
  {
    ...{ id: 'keys', path: '/keys', letter: 'k', icon: IconKey, group: 'route' },
    component: page('keys', () => import('../features/keys/keys-page.tsx'), 'KeysPage'),
  },
  {
    ...{ id: 'usage', path: '/usage', letter: 'u', icon: IconChartAreaLine, group: 'observe' },
    component: page('usage', () => import('../features/usage/usage-page.tsx'), 'UsagePage'),
  },
  {
    ...{ id: 'logs', path: '/logs', letter: 'l', icon: IconList, group: 'observe' },
    component: page('logs', () => import('../features/logs/logs-page.tsx'), 'LogsPage'),
  },
  {
    ...{ id: 'costs', path: '/costs', letter: 'o', icon: IconCoin, group: 'observe' },
    component: page('costs', () => import('../features/costs/costs-page.tsx'), 'CostsPage'),
  },
  {
    ...{ id: 'limits', path: '/limits', letter: 'i', icon: IconActivityHeartbeat, group: 'observe' },
    component: page('limits', () => import('../features/limits/limits-page.tsx'), 'LimitsPage'),
  },
  {
    ...{ id: 'settings', path: '/settings', letter: 's', icon: IconSettings, group: 'system' },
    component: page('settings', () => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
  },
  {
    ...{ id: 'about', path: '/about', letter: 'a', icon: IconInfoCircle },
    component: page('about', () => import('../features/about/about-page.tsx'), 'AboutPage'),
  },
  {
    ...{ id: 'welcome', path: '/welcome', letter: 'w', icon: IconRocket },
    component: page('welcome', () => import('../features/welcome/welcome-page.tsx'), 'WelcomePage'),
  },
];

const IDLE_MS = 500;

/** Fetches all pages' code while nothing else is to be done, so that the first visit of each is as quick as the second. */
export function preloadPages(): void {
  // Safari has no such callback.
  const whenIdle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, IDLE_MS));
  whenIdle(() => {
    for (const { component } of PAGES) {
      component.preload().catch(() => {
        // A page whose code cannot be had says so when it is opened.
      });
    }
  });
}

/** Pages before one is signed in. */
export const SignInPage = page('sign-in', () => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage');
export const SetUpPage = page('sign-in', () => import('../features/sign-in/set-up-page.tsx'), 'SetUpPage');
