/**
 * What a page may not do, whatever it holds: leave the app, open windows, embed others, ask for the camera. Links to the
 * web go to the person's browser (`links.ts`). https://www.electronjs.org/docs/latest/tutorial/security
 */
import { app, type Session, shell, type WebContents } from 'electron';
import type { Log } from '../../core/base/log.ts';
import { isForBrowser } from './links.ts';

/** What copy buttons need, and nothing that reads. */
const ALLOWED_PERMISSIONS = new Set(['clipboard-sanitized-write']);

/** Guards every page made from now on. `origin`: the one whose pages may navigate among themselves. */
export function guardPages(origin: string, log: Log): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, { origin, log }));
}

/** Pages get no permission but to write the clipboard. */
export function denyPermissions(session: Session, origin: string): void {
  const isAllowed = (permission: string, asker: string): boolean =>
    ALLOWED_PERMISSIONS.has(permission) && isWithin(asker, origin);
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl }) =>
    callback(isAllowed(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, asker) => isAllowed(permission, asker));
  session.setDevicePermissionHandler(() => false);
}

/** A link that a page offers: to the browser or nowhere. */
export function openLink(url: string, log: Log): void {
  if (!isForBrowser(url)) {
    log.warn('A link was not opened: only https, and http of this machine, goes to the browser.');
    return;
  }
  shell.openExternal(url).catch((cause: unknown) => log.error('The browser could not be opened.', {}, cause));
}

function guard(contents: WebContents, { origin, log }: { origin: string; log: Log }): void {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url, log);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (details) => {
    if (isWithin(details.url, origin)) return;
    details.preventDefault();
    openLink(details.url, log);
  });
  contents.on('will-frame-navigate', (details) => {
    if (!details.isMainFrame) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

function isWithin(url: string, origin: string): boolean {
  return url === origin || url.startsWith(`${origin}/`);
}
