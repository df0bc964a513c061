/**
 * Runs in the sandbox beside the page, before it. It hands the page one end of a message channel and the main process the
 * other; nothing else crosses. The page's module scripts have run by then and listen (renderer/api.ts).
 */
import { ipcRenderer } from 'electron';

const CHANNEL = 'omniroute:port';

window.addEventListener('DOMContentLoaded', () => {
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(CHANNEL, null, [port1]);
  window.postMessage({ type: CHANNEL }, window.location.origin, [port2]);
});
