/** The app's life from its start to its end, told in order; how each step is done stands in its own file. */
import { app, type BrowserWindow, dialog, Menu, session } from 'electron';
import type { Core } from '../../core/index.ts';
import type { UpdateState } from '../../core/management/desktop.ts';
import { servePorts } from '../ipc/management-port.ts';
import { dataPaths } from '../ports/paths.ts';
import { tellAppId } from './app-id.ts';
import { APP_ORIGIN, registerAppScheme, serveApp } from './app-protocol.ts';
import { wasStartedAtLogin } from './autostart.ts';
import { reasonOf, showFailure } from './failure-window.ts';
import { createHost } from './host.ts';
import { type Launch, readLaunch } from './launch.ts';
import { showNotice } from './notifications.ts';
import { openCore } from './open-core.ts';
import { LOCAL_HOST } from './port.ts';
import { rendererFolder } from './resources.ts';
import { runShell } from './run-shell.ts';
import { denyPermissions, guardPages } from './security.ts';
import { settlePort } from './settle-port.ts';
import { logFileIn, openContext, type ShellContext, systemLanguage } from './shell-context.ts';
import type { ShellPages } from './shell-page.ts';
import { createUpdater } from './updater.ts';
import { createDashboardWindow, type DashboardWindow } from './windows.ts';
import { type Words, wordsIn } from './words.ts';

/** How long open streams may go on after Quit. */
const DRAIN_MS = 5_000;

export function runDesktop(): void {
  if (!app.requestSingleInstanceLock()) {
    // The first instance has been told what this one was asked to do.
    app.quit();
    return;
  }
  tellAppId(app, { platform: process.platform, program: process.execPath });
  registerAppScheme();
  const pages: ShellPages = new Map();
  app
    .whenReady()
    .then(() => start(pages))
    .catch((thrown: unknown) => fail(thrown, pages));
}

/** A start that failed says why in a window, in words that need no settings. */
function fail(thrown: unknown, pages: ShellPages): void {
  const words = wordsIn('system', systemLanguage());
  const failure = { title: words.say('failure.title'), reason: reasonOf(thrown), logFile: logFileIn(dataPaths()) };
  app.on('second-instance', () => showFailure(failure, words, pages));
  showFailure(failure, words, pages);
}

async function start(pages: ShellPages): Promise<void> {
  // Nothing may be loaded before these stand, a page about a failure included.
  serveApp(rendererFolder(), pages);
  denyPermissions(session.defaultSession, APP_ORIGIN);
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null);
  const context = openContext(pages);
  guardPages(APP_ORIGIN, context.log);
  try {
    await serve(context, readLaunch(process.argv));
  } catch (thrown) {
    context.log.error('OmniRoute could not start.', {}, thrown);
    throw thrown;
  }
}

async function serve(context: ShellContext, launch: Launch): Promise<void> {
  const { environment, paths, log } = context;
  // The tray keeps the app alive.
  app.on('window-all-closed', () => undefined);
  const isHidden = launch.isHidden || wasStartedAtLogin();
  const port = await settlePort(context, { ...launch, isHidden });
  if (port === undefined) return app.quit();

  const dashboard = openDashboard(context);
  let core: Core | undefined;
  let onUpdate: (state: UpdateState) => void = () => undefined;
  const updater = createUpdater({ log, onChange: (state) => onUpdate(state) });
  const host = createHost({ context, updater, openDashboard: () => dashboard.show(), core: () => core });
  core = await openCore({ environment, paths, log, desktop: host });
  const address = await listen(core, { host: environment.host ?? LOCAL_HOST, port });
  log.info('OmniRoute listens.', { ...address });
  const api = await core.api();
  servePorts(api, { origin: APP_ORIGIN, log });
  const shell = await runShell({ context, core, client: api.client, host, dashboard, updater, port: address.port });
  onUpdate = shell.onUpdate;

  app.on('second-instance', (_event, args) => dashboard.show(readLaunch(args).path));
  app.on('activate', () => dashboard.show());
  drainAtQuit(core, () => {
    shell.stop();
    dashboard.release();
  });
  if (!isHidden) dashboard.show(launch.path);
}

async function listen(core: Core, address: { host: string; port: number }): Promise<{ host: string; port: number }> {
  try {
    return await core.start(address);
  } catch (error) {
    await core.stop(0);
    throw error;
  }
}

function openDashboard({ preferences, log, words, paths, pages }: ShellContext): DashboardWindow {
  const logFile = logFileIn(paths);
  return createDashboardWindow({
    ...{ preferences, log },
    mayDiscard: (window) => askToDiscard(window, words()),
    onRecovered() {
      const { say } = words();
      showNotice({ title: say('notify.crash.title'), body: say('notify.crash.body', { log: logFile }) });
    },
    onGivenUp() {
      const { say } = words();
      showFailure({ title: say('crash.title'), reason: say('crash.body'), logFile }, words(), pages);
    },
  });
}

function askToDiscard(window: BrowserWindow, { say }: Words): boolean {
  const answer = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: say('unsaved.title'),
    detail: say('unsaved.body'),
    buttons: [say('unsaved.stay'), say('unsaved.leave')],
    ...{ defaultId: 0, cancelId: 0 },
  });
  return answer === 1;
}

/** Quit waits for open streams as long as they may take, then ends. */
function drainAtQuit(core: Core, onQuit: () => void): void {
  let state: 'running' | 'draining' | 'drained' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'drained') return;
    event.preventDefault();
    if (state === 'draining') return;
    state = 'draining';
    onQuit();
    void core.stop(DRAIN_MS).finally(() => {
      state = 'drained';
      app.quit();
    });
  });
}
