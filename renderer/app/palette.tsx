/** Ctrl/Cmd-K: every page and whatever the shown page offers. Its code comes with the first use. */
import { useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { onDemand } from '../ui/on-demand.tsx';
import { useRegisteredActions } from '../ui/page-actions.ts';
import { PAGES } from './pages.tsx';

const PaletteView = onDemand(
  async () => (await import('./palette-view.tsx')).PaletteView,
  () => null,
);

let requests = 0;
const listeners = new Set<() => void>();

/** Opens the palette, wherever it is asked from. */
export function openPalette(): void {
  requests += 1;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Palette({ onHelp }: { readonly onHelp: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { setColorScheme } = useMantineColorScheme();
  const asked = useSyncExternalStore(subscribe, () => requests);
  const [closedAt, setClosedAt] = useState(0);
  const actions = useRegisteredActions();
  useHotkeys([['mod+K', openPalette]], []);
  if (asked === 0) return null;
  const pages = PAGES.map(({ id, path, letter, icon }) => ({
    ...{ id, label: t(`pages.${id}`), keys: `g ${letter}`, icon },
    run: () => navigate(path),
  }));
  const general = [
    { id: 'light', label: t('palette.light'), run: () => setColorScheme('light') },
    { id: 'dark', label: t('palette.dark'), run: () => setColorScheme('dark') },
    { id: 'system', label: t('palette.system'), run: () => setColorScheme('auto') },
    { id: 'help', label: t('palette.help'), keys: '?', run: onHelp },
  ];
  const groups = [
    { label: t('palette.here'), actions },
    { label: t('palette.pages'), actions: pages },
    { label: t('palette.general'), actions: general },
  ];
  return <PaletteView isOpen={asked > closedAt} onClose={() => setClosedAt(asked)} groups={groups} />;
}
