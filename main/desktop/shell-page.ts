/**
 * The shell's own few pages (a start that failed, a port to be typed): plain HTML without a script, served under `app://`
 * by the main process. Their links and forms lead to `/shell/do/<command>`, which is never loaded: the window's navigation
 * is the answer.
 */
import { BrowserWindow } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';
import { directionOf } from './words.ts';

export interface ShellPage {
  /** One or more words, for its address. */
  readonly name: string;
  readonly title: string;
  /** HTML; use `escaped` for whatever is not. */
  readonly body: string;
  readonly language: string;
  /** Of the content, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** What was clicked, and what a form held. The window stays open until it is closed. */
  readonly onCommand: (command: string, values: URLSearchParams, window: BrowserWindow) => void;
  readonly onClosed?: () => void;
}

const COMMANDS = `${APP_ORIGIN}/shell/do/`;
const STYLE = `:root{color-scheme:light dark;font:13px/1.5 Inter,system-ui,sans-serif}
body{margin:0;padding:24px;background:light-dark(#fff,#0f172a);color:light-dark(#0f172a,#e2e8f0)}
h1{font-size:20px;margin:0 0 12px}p{margin:0 0 12px}code{font:12px/1.5 "JetBrains Mono",ui-monospace,monospace;overflow-wrap:anywhere}
pre{white-space:pre-wrap;max-height:160px;overflow:auto;padding:12px;border:1px solid light-dark(#e2e8f0,#334155);border-radius:6px}
nav{display:flex;gap:8px;margin-top:16px}
a,button{font:inherit;padding:6px 12px;border-radius:6px;border:1px solid light-dark(#cbd5e1,#475569);background:none;color:inherit;text-decoration:none}
button,a.primary{background:light-dark(#4f46e5,#818cf8);border-color:transparent;color:light-dark(#fff,#0f172a)}
:focus-visible{outline:2px solid light-dark(#4f46e5,#818cf8);outline-offset:2px}
form{display:flex;flex-wrap:wrap;gap:8px}label{flex-basis:100%;font-weight:600}form p{color:light-dark(#475569,#94a3b8)}
input{font:inherit;padding:5px 8px;width:120px;border:1px solid light-dark(#94a3b8,#475569);border-radius:6px;background:none;color:inherit;appearance:textfield}
input::-webkit-inner-spin-button{display:none}`;

/** The documents by their path, for `serveApp`. */
export type ShellPages = Map<string, () => string>;

/** Opens the page in a small window of its own. */
export function openShellPage(page: ShellPage, pages: ShellPages): BrowserWindow {
  const path = `/shell/${page.name}`;
  pages.set(path, () => documentOf(page));
  const window = new BrowserWindow({
    ...page.size,
    useContentSize: true,
    resizable: true,
    minimizable: false,
    maximizable: false,
    title: page.title,
    autoHideMenuBar: true,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.webContents.on('will-navigate', (details) => {
    details.preventDefault();
    if (!details.url.startsWith(COMMANDS)) return;
    const { pathname, searchParams } = new URL(details.url.replace(COMMANDS, 'http://shell/'));
    page.onCommand(pathname.slice(1), searchParams, window);
  });
  window.on('closed', () => page.onClosed?.());
  void window.loadURL(APP_ORIGIN + path);
  return window;
}

/** A link that is a command. */
export function commandLink(command: string, label: string, isPrimary = false): string {
  return `<a href="/shell/do/${command}"${isPrimary ? ' class="primary"' : ''}>${escaped(label)}</a>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function documentOf({ title, body, language }: ShellPage): string {
  return `<!doctype html><html lang="${escaped(language)}" dir="${directionOf(language)}"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}
