/**
 * A few plain pages for the time until the dashboard exists: set a password, sign in, add keys and endpoints. They are
 * strings of this program, so that every way of packaging carries them, and they hold no data: the script asks `/api`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PAGE } from './pages/document.ts';
import { SCRIPT } from './pages/script.ts';
import { STYLE } from './pages/style.ts';

interface Page {
  readonly contentType: string;
  readonly text: string;
}

const HTML: Page = { contentType: 'text/html; charset=utf-8', text: PAGE };
const PAGES: ReadonlyMap<string, Page> = new Map([
  ['/setup', HTML],
  ['/login', HTML],
  ['/console', HTML],
  ['/console/script.js', { contentType: 'text/javascript; charset=utf-8', text: SCRIPT }],
  ['/console/style.css', { contentType: 'text/css; charset=utf-8', text: STYLE }],
]);

/** No inline code, no other origin, no frame around it; forms are sent by the script, never by the browser itself. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** Answers GET and HEAD of a page; false for every other path. Other methods get 405. */
export function servePage(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  const page = PAGES.get(path.replace(/(?<=.)\/$/, ''));
  if (page === undefined) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
    return true;
  }
  response.writeHead(200, {
    ...HEADERS,
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.text),
  });
  response.end(request.method === 'HEAD' ? undefined : page.text);
  return true;
}
