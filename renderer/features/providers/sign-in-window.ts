/** The window that a person signs in in. It opens with the click: once an answer was awaited, browsers block it. */
import { isDesktop } from '../../api.ts';

export interface SignInWindow {
  go(url: string): void;
  close(): void;
}

export function openSignInWindow(): SignInWindow {
  // The desktop hands addresses on to the person's browser: there is no window to hold.
  const opened = isDesktop ? null : window.open('', '_blank');
  if (opened === null) return { go: (url) => void window.open(url, '_blank', 'noopener'), close: () => undefined };
  opened.opener = null;
  return { go: (url) => opened.location.replace(url), close: () => opened.close() };
}
