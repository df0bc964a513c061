/** What stands on a tab besides rows of single settings: before them and after them. */
import type { ReactNode } from 'react';
import { Aliases } from './aliases.tsx';
import { Appearance } from './appearance.tsx';
import { ByProvider } from './by-provider.tsx';
import { DesktopPreferences } from './desktop-preferences.tsx';
import { FallbackChains } from './fallback-chains.tsx';
import type { Settings, Tab } from './fields.ts';
import { GlobalProxy } from './global-proxy.tsx';
import { Password } from './password.tsx';
import { RateLimits } from './rate-limits.tsx';
import { ResetAll } from './reset-all.tsx';
import { StorageHealth } from './storage-health.tsx';
import { StrategyCards } from './strategy-cards.tsx';
import { TemporaryBans } from './temporary-bans.tsx';

interface Parts {
  readonly before?: (settings: Settings) => ReactNode;
  readonly after?: (settings: Settings) => ReactNode;
}

export const PARTS: Readonly<Partial<Record<Tab, Parts>>> = {
  security: { before: () => <Password />, after: () => <TemporaryBans /> },
  routing: {
    before: (settings) => (
      <>
        <StrategyCards settings={settings} />
        <Aliases />
        <FallbackChains />
      </>
    ),
    after: (settings) => <ByProvider tab="routing" settings={settings} />,
  },
  resilience: {
    before: (settings) => (
      <>
        <ResetAll />
        <RateLimits settings={settings} />
      </>
    ),
    after: (settings) => <ByProvider tab="resilience" settings={settings} />,
  },
  advanced: { before: () => <GlobalProxy /> },
  system: { before: () => <StorageHealth /> },
  appearance: {
    before: () => (
      <>
        <Appearance />
        <DesktopPreferences />
      </>
    ),
  },
};
