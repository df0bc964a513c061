/** Keys that hold on every page: `g` and a page's letter, `/` for its search, `?` for the list of keys. */
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { PAGES } from './pages.tsx';
import { openPalette } from './palette.tsx';

/** How long after `g` a letter still counts. */
const SEQUENCE_MS = 1_500;

export function useKeyboard({ onHelp }: { readonly onHelp: () => void }): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let goUntilMs = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = Date.now() < goUntilMs ? PAGES.find(({ letter }) => letter === event.key) : undefined;
      goUntilMs = event.key === 'g' ? Date.now() + SEQUENCE_MS : 0;
      if (page !== undefined) navigate(page.path);
      else if (event.key === '/') focusSearch();
      else if (event.key === '?') onHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, onHelp]);
}

/** The page's own search field; the palette where a page has none. */
function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('input[data-page-search]');
  if (field === null) openPalette();
  else field.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.closest('[role="dialog"]') !== null)
  );
}
