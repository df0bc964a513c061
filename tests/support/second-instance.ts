/**
 * Loaded before the packed app (`node --import`), it answers for Electron what a second start hears: another one has the
 * lock. The app then does nothing but quit, once its whole program has been loaded. Everything else of Electron is a thing
 * that can be called and asked for more.
 */
import { registerHooks } from 'node:module';

const SOURCE = `
const thing = (name) => new Proxy(function () {}, {
  get: (_target, key) => {
    if (name === 'app' && key === 'requestSingleInstanceLock') return () => false;
    if (name === 'app' && key === 'quit') return () => console.log('quit');
    if (key === 'getVersion' || key === 'getName' || String(key).endsWith('Path')) return () => '0.0.0';
    return key === Symbol.toPrimitive ? () => name : thing(name + '.' + String(key));
  },
  apply: () => thing(name + '()'),
});
for (const name of NAMES) exports[name] = thing(name);
`;
/** Named one by one, for Node reads the names that a module exports from its text. */
const NAMES = [
  ...['app', 'autoUpdater', 'BrowserWindow', 'clipboard', 'dialog', 'globalShortcut', 'ipcMain', 'Menu', 'nativeImage'],
  ...['MessageChannelMain', 'nativeTheme', 'net', 'Notification', 'powerMonitor', 'protocol', 'screen', 'session'],
  ...['safeStorage', 'shell', 'Tray', 'utilityProcess', 'webContents', 'WebContentsView'],
];
const ADDRESS = 'stand-in:electron';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: ADDRESS, format: 'commonjs', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) => {
    if (url !== ADDRESS) return next(url, context);
    const declared = NAMES.map((name) => `exports.${name} = undefined;`).join('\n');
    return {
      format: 'commonjs',
      shortCircuit: true,
      source: `${declared}\nconst NAMES = ${JSON.stringify(NAMES)};\n${SOURCE}`,
    };
  },
});
