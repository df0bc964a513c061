/** The shell around a core that serves: window, tray, notifications, and how they hear of each other. */
import type { CoreEvent } from '../../core/base/event-bus.ts';
import type { Core } from '../../core/index.ts';
import type { ManagementApi } from '../../core/management/client.ts';
import type { DesktopHost, UpdateState } from '../../core/management/desktop.ts';
import { createActions } from './actions.ts';
import { type Notice, type NoticeNames, noticeOf, showNotice, updateNotice } from './notifications.ts';
import { watchQuotas } from './quota-watch.ts';
import type { ShellContext } from './shell-context.ts';
import { SHORTCUT_KEYS } from './shortcut.ts';
import { followStatus } from './status-source.ts';
import { createTray } from './tray.ts';
import type { ServiceStatus } from './tray-state.ts';
import type { Updater } from './updater.ts';
import type { DashboardWindow } from './windows.ts';

export interface ShellParts {
  readonly context: ShellContext;
  readonly core: Core;
  readonly client: ManagementApi;
  readonly host: DesktopHost;
  readonly dashboard: DashboardWindow;
  readonly updater: Updater;
  /** Of the gateway, now. */
  readonly port: number;
}

export interface RunningShell {
  onUpdate(state: UpdateState): void;
  stop(): void;
}

export async function runShell(parts: ShellParts): Promise<RunningShell> {
  const { context, core, client, host, dashboard } = parts;
  const { log, preferences, words } = context;
  let { port } = parts;
  let status: ServiceStatus = {
    look: 'running',
    requestsToday: 0,
    costToday: 0,
    logins: [],
    combos: [],
    names: new Map(),
  };

  const act = createActions({
    ...{ client, host, dashboard, log, words },
    pages: context.pages,
    port: () => port,
    setupPath: core.setupPath,
  });
  const tray = createTray({ act, open: () => dashboard.show() });
  const show = (): void =>
    tray.show(
      {
        ...status,
        ...{ port, nowMs: Date.now(), shortcutKeys: SHORTCUT_KEYS },
        preferences: host.preferences(),
        update: host.update(),
      },
      words(),
    );
  const tell = (notice: Notice | undefined): void => {
    if (notice !== undefined && host.preferences().notifications[notice.kind])
      showNotice(notice, () => dashboard.show(notice.path));
  };
  const quotas = watchQuotas(tell, { words, nameOf: (id) => namesFrom(status).provider(id) });
  const hear = (event: CoreEvent): void => {
    if (event.type === 'gateway-changed') port = event.port;
    tell(noticeOf(event, words(), namesFrom(status)));
    quotas.onEvent(event);
  };

  preferences.onChange(show);
  const unsubscribe = core.events.subscribe(hear);
  const unfollow = await followStatus({
    ...{ client, log, events: core.events, vaultState: core.vaultState },
    onChange(next) {
      status = next;
      quotas.onLogins(next.logins);
      show();
    },
  });
  return {
    onUpdate(update) {
      if (update.state === 'ready') tell(updateNotice(update.version ?? '', words()));
      show();
    },
    stop() {
      unsubscribe();
      unfollow();
      quotas.stop();
    },
  };
}

function namesFrom({ names }: ServiceStatus): NoticeNames {
  const name = (id: string): string => names.get(id) ?? id;
  return { provider: name, account: name, apiKey: name };
}
