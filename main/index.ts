/** Electron's entry: what must be said before Electron is ready, and then the app. */
import { runDesktop } from './desktop/run-desktop.ts';

runDesktop();
