/** Everything that the stand-in has, by its name in Electron. */
import './control.ts';

export { app } from './app.ts';
export { Menu, MenuItem, Tray } from './menus.ts';
export { ipcMain, protocol, session } from './sessions.ts';
export {
  autoUpdater,
  clipboard,
  dialog,
  globalShortcut,
  Notification,
  nativeTheme,
  net,
  screen,
  shell,
} from './system.ts';
export { BrowserWindow } from './windows.ts';
