/**
 * The one door between a window and the app: the management contract over the message port that preload sends. Only the
 * top frame of a page of ours may send one; nothing else is listened to.
 */
import { type IpcMainEvent, ipcMain } from 'electron';
import type { Log } from '../../core/base/log.ts';
import type { LocalApi } from '../../core/management/local-api.ts';

const CHANNEL = 'omniroute:port';

/** Serves each port that a page of `origin` sends. */
export function servePorts(api: LocalApi, { origin, log }: { origin: string; log: Log }): void {
  ipcMain.on(CHANNEL, ({ senderFrame, ports }: IpcMainEvent) => {
    const [port] = ports;
    if (senderFrame === null || senderFrame.parent !== null || senderFrame.origin !== origin || port === undefined) {
      log.warn('A page that is not ours asked for a port.', { origin: senderFrame?.origin });
      for (const refused of ports) refused.close();
      return;
    }
    api.serve(port);
    port.start();
  });
}
