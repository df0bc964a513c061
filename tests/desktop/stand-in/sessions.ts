/** `session`, `protocol`, `ipcMain`: handlers are kept, windows call them. */
import { EventEmitter } from 'node:events';
import type { Protocol, Session } from 'electron';

type Handler = (request: Request) => Response | Promise<Response>;

/** By scheme. */
export const schemeHandlers = new Map<string, Handler>();

export const protocol: Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged: () => undefined,
  handle: (scheme, handler) => void schemeHandlers.set(scheme, handler as Handler),
};

type PermissionHandlers = 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler';
type Check = Parameters<Session['setPermissionCheckHandler']>[0];
type Ask = Parameters<Session['setPermissionRequestHandler']>[0];

const permissions: { check: Check; ask: Ask } = { check: null, ask: null };
const defaultSession: Pick<Session, PermissionHandlers> = {
  setPermissionRequestHandler(handler) {
    permissions.ask = handler;
  },
  setPermissionCheckHandler(handler) {
    permissions.check = handler;
  },
  setDevicePermissionHandler: () => undefined,
};
export const session = { defaultSession };

/** Would a page at this URL be granted the permission? Both handlers must agree, and the real default is yes. */
export function isGranted(permission: string, url: string): boolean {
  const check = permissions.check?.(null, permission as Parameters<NonNullable<Check>>[1], url, {
    ...{ isMainFrame: true, requestingUrl: url },
  });
  let isAllowed = true;
  permissions.ask?.(null as never, permission as never, (granted) => (isAllowed = granted), {
    ...{ isMainFrame: true, requestingUrl: url },
  });
  return check !== false && isAllowed;
}

export const ipcMain = new EventEmitter();
