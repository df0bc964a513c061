/** What a click in the tray's menu does. */
import { app, clipboard, shell } from 'electron';
import type { Log } from '../../core/base/log.ts';
import type { ManagementApi } from '../../core/management/client.ts';
import type { DesktopHost } from '../../core/management/desktop.ts';
import { reasonOf } from './failure-window.ts';
import { showNotice } from './notifications.ts';
import { askPort } from './port-window.ts';
import type { ShellPages } from './shell-page.ts';
import type { TrayAction } from './tray-menu.ts';
import type { DashboardWindow } from './windows.ts';
import type { Words } from './words.ts';

export interface ActionPorts {
  readonly client: ManagementApi;
  readonly host: DesktopHost;
  readonly dashboard: DashboardWindow;
  readonly pages: ShellPages;
  readonly port: () => number;
  /** `/setup#token` while no password is set: a browser is a stranger until then. */
  readonly setupPath: () => string | undefined;
  readonly words: () => Words;
  readonly log: Log;
}

/** Never throws: what fails is told and logged. */
export function createActions(ports: ActionPorts): (action: TrayAction) => void {
  return (action) => {
    perform(action, ports).catch((cause: unknown) => {
      ports.log.error('A menu entry failed.', { entry: action.do }, cause);
      showNotice({ title: 'OmniRoute', body: reasonOf(cause) });
    });
  };
}

async function perform(action: TrayAction, ports: ActionPorts): Promise<void> {
  const { client, host, dashboard } = ports;
  switch (action.do) {
    case 'open':
      return dashboard.show(action.path);
    case 'browse':
      return shell.openExternal(`http://localhost:${ports.port()}${ports.setupPath() ?? '/'}`);
    case 'copy':
      return clipboard.writeText(action.text);
    case 'pause':
      await (action.isPaused ? client.gateway.pause() : client.gateway.resume());
      return;
    case 'port':
      return changePort(action.port, ports);
    case 'ask-port':
      return askPort(ports.port(), ports.words(), {
        pages: ports.pages,
        onPort: (port) => void changePort(port, ports),
      });
    case 'prefer':
      return host.change(action.values);
    case 'update':
      await host.updateStep();
      return tellUpdate(host, ports.words());
    case 'quit':
      return app.quit();
  }
}

/** Somebody clicked and waits for an answer; what was found shows in the menu. */
function tellUpdate(host: DesktopHost, { say }: Words): void {
  const { state, message = '' } = host.update();
  if (state === 'current') showNotice({ title: say('notify.upToDate.title'), body: '' });
  if (state === 'failed' || state === 'unsupported')
    showNotice({ title: say('notify.updateFailed.title'), body: message });
}

async function changePort(port: number, { host, words, log }: ActionPorts): Promise<void> {
  try {
    await host.changePort(port);
  } catch (cause) {
    log.warn('The port was not changed.', { port, reason: reasonOf(cause) });
    showNotice({ title: words().say('notify.portFailed.title'), body: reasonOf(cause) });
  }
}
