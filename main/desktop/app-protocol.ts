/**
 * `app://omniroute/`: the built dashboard, served to the app's own windows instead of `file://`. A page of it has an origin
 * of its own, reads nothing beside its folder and runs no code that is not a file there.
 */
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { protocol } from 'electron';
import { contentType, DASHBOARD_POLICY, PAGE_HEADERS } from '../../core/management/page-headers.ts';

const SCHEME = 'app';
export const APP_ORIGIN = `${SCHEME}://omniroute`;

/** The shell's own pages have no script at all, and forms that the main process answers. */
const SHELL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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

function answer(body: string | Buffer<ArrayBuffer>, extension: string, policy = DASHBOARD_POLICY): Response {
  const headers = {
    ...PAGE_HEADERS,
    'content-security-policy': policy,
    'content-type': contentType(extension),
  };
  return new Response(body, { status: 200, headers });
}

function notFound(): Response {
  return new Response('There is no such file.', { status: 404, headers: { 'content-type': 'text/plain' } });
}
