/**
 * A stand-in for the parts of Electron that the app uses, for machines that cannot have its binary. The main process is
 * plain Node; every BrowserWindow is a page of a real Chromium, driven by Playwright. The app is compiled against Electron's
 * own types; the stand-in's members take theirs from there, too.
 */
export * from './members.ts';
// electron-store asks for all of it at once.
export * as default from './members.ts';
