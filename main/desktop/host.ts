/** The shell as management sees it (core/management/desktop.ts): preferences take effect when they are written. */
import { nativeTheme } from 'electron';
import { OmniError } from '../../core/base/errors.ts';
import type { Core } from '../../core/index.ts';
import type { DesktopHost, DesktopPreferences } from '../../core/management/desktop.ts';
import { launchAtLogin } from './autostart.ts';
import { LOCAL_HOST } from './port.ts';
import { isUsablePort } from './preferences.ts';
import type { ShellContext } from './shell-context.ts';
import { SHORTCUT_KEYS, setShortcut } from './shortcut.ts';
import type { Updater } from './updater.ts';

export interface HostPorts {
  readonly context: ShellContext;
  readonly updater: Updater;
  readonly openDashboard: () => void;
  /** Undefined while it is being opened. */
  readonly core: () => Pick<Core, 'move'> | undefined;
}

export function createHost({ context, updater, openDashboard, core }: HostPorts): DesktopHost {
  const { preferences, log, environment } = context;
  const apply = (values: Partial<DesktopPreferences>): void => {
    if (values.theme !== undefined) nativeTheme.themeSource = values.theme;
    if (values.shortcut !== undefined) setShortcut(values.shortcut, { open: openDashboard, log });
    if (values.launchAtLogin !== undefined) launchAtLogin(values.launchAtLogin);
  };
  const { theme, shortcut } = preferences.current();
  apply({ theme, shortcut });
  return {
    preferences() {
      const { theme: look, language, launchAtLogin: atLogin, shortcut: isOn, notifications } = preferences.current();
      return { theme: look, language, launchAtLogin: atLogin, shortcut: isOn, notifications };
    },
    change(values) {
      apply(values);
      preferences.change(values);
    },
    shortcutKeys: SHORTCUT_KEYS,
    update: updater.state,
    updateStep: updater.step,
    async changePort(port) {
      if (!isUsablePort(port))
        throw new OmniError('invalid_request', `Port ${port} cannot be used. Choose one from 1024 to 65535.`, {
          path: 'port',
        });
      await core()?.move({ host: environment.host ?? LOCAL_HOST, port });
      preferences.change({ port });
    },
  };
}
