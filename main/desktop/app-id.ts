/** Who the app is to Windows: its notifications and its place in the taskbar are found by this name. */
import type { App } from 'electron';

/** `appId` of electron-builder.yml, which the installer writes into the Start menu's shortcut. */
const APP_ID = 'dev.omniroute.desktop';

interface Surroundings {
  readonly platform: NodeJS.Platform;
  /** The program that runs: it has a shortcut of its own only when it was installed. */
  readonly program: string;
}

/** https://learn.microsoft.com/windows/win32/shell/appids: without the shortcut's own id no notification is shown. */
export function tellAppId(
  app: Pick<App, 'isPackaged' | 'setAppUserModelId'>,
  { platform, program }: Surroundings,
): void {
  if (platform === 'win32') app.setAppUserModelId(app.isPackaged ? APP_ID : program);
}
