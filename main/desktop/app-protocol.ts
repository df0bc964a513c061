/**
 * `app://omniroute/`: the built dashboard, served to the app's own windows instead of `file://`. A page of it has an origin
 * of its own, reads nothing beside its folder and runs no code that is not a file there.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { protocol } from 'electron';

const SCHEME = 'app';
export const APP_ORIGIN = `${SCHEME}://omniroute`;

/**
 * No inline code, no other origin, no frame. Styles may be inline: the component library writes its colour scheme and
 * responsive rules as style elements.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/** The shell's own pages have no script at all, and forms that the main process answers. */
const SHELL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** To be called before Electron is ready: the scheme gets an origin, `fetch` and secure contexts. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves `folder`, and `pages` (whole HTML documents) by their path. Every other path without a dot is the one page. */
export function serveApp(folder: string, pages: ReadonlyMap<string, () => string>): void {
  protocol.handle(SCHEME, async ({ url }) => {
    const { origin, host, pathname } = new URL(url);
    // The origin of a scheme that Node does not know is "null"; Electron's is the scheme and the host.
    if (origin !== APP_ORIGIN && `${SCHEME}://${host}` !== APP_ORIGIN) return notFound();
    const page = pages.get(pathname);
    if (page !== undefined) return answer(page(), '.html', SHELL_POLICY);
    return fileAnswer(folder, extname(pathname) === '' ? '/index.html' : pathname);
  });
}

async function fileAnswer(folder: string, pathname: string): Promise<Response> {
  const root = resolve(folder);
  const file = resolve(join(root, decodeURIComponent(pathname)));
  if (!file.startsWith(root + sep)) return notFound();
  try {
    return answer(await readFile(file), extname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return notFound();
    throw error;
  }
}

function answer(body: string | Buffer<ArrayBuffer>, extension: string, policy = POLICY): Response {
  const headers = {
    ...HEADERS,
    'content-security-policy': policy,
    'content-type': TYPES[extension] ?? 'application/octet-stream',
  };
  return new Response(body, { status: 200, headers });
}

function notFound(): Response {
  return new Response('There is no such file.', { status: 404, headers: { 'content-type': 'text/plain' } });
}
