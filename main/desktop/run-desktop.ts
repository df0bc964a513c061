/** The app's life from its start to its end, told in order; how each step is done stands in its own file. */
import { app, session } from 'electron';
import type { Core } from '../../core/index.ts';
import { readEnvironment } from '../../core/policy/environment.ts';
import { servePorts } from '../ipc/management-port.ts';
import { createLog } from '../ports/log.ts';
import { dataPaths } from '../ports/paths.ts';
import { APP_ORIGIN, registerAppScheme, serveApp } from './app-protocol.ts';
import { openCore } from './open-core.ts';
import { rendererFolder } from './resources.ts';
import { denyPermissions, guardPages } from './security.ts';
import { createDashboardWindow } from './windows.ts';

const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 20_128 };
/** How long open streams may go on after Quit. */
const DRAIN_MS = 5_000;

export function runDesktop(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerAppScheme();
  void start();
}

async function start(): Promise<void> {
  const environment = readEnvironment(process.env);
  const log = createLog(environment.logLevel);
  await app.whenReady();
  guardPages(APP_ORIGIN, log);
  denyPermissions(session.defaultSession, APP_ORIGIN);
  serveApp(rendererFolder(), new Map());
  const core = await openCore(environment, dataPaths(), log);
  await core.start(DEFAULT_ADDRESS);
  servePorts(await core.api(), { origin: APP_ORIGIN, log });
  const dashboard = createDashboardWindow();
  app.on('second-instance', () => dashboard.show());
  app.on('activate', () => dashboard.show());
  app.on('window-all-closed', () => undefined);
  endWith(core, () => dashboard.release());
  dashboard.show();
}

/** Quit waits for open streams, then ends. */
function endWith(core: Core, onQuit: () => void): void {
  let isStopped = false;
  app.on('before-quit', (event) => {
    onQuit();
    if (isStopped) return;
    event.preventDefault();
    void core.stop(DRAIN_MS).finally(() => {
      isStopped = true;
      app.quit();
    });
  });
}
