/**
 * `node --import` this, and `electron` is the stand-in for whatever is started: the app's sources unchanged, and packages
 * such as electron-store and electron-updater.
 */
import { registerHooks } from 'node:module';

const STAND_IN = new URL('electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: STAND_IN, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
