/**
 * The dashboard's files over HTTP: the one page at every path of it, and its hashed assets. They hold no data: the page
 * asks `/api`, which has its own guard. The table of files is read once; what is not in it does not exist.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { contentType, DASHBOARD_POLICY, PAGE_HEADERS } from './page-headers.ts';

const HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': DASHBOARD_POLICY,
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-frame-options': 'DENY',
};
const FOREVER = 'public, max-age=31536000, immutable';
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
];
/** What belongs to the gateway's clients is never the page. */
const NOT_A_PAGE = /^\/(?:api|assets|v1|v1beta|codex|health|metrics)(?:\/|$)|\.[a-z0-9]+$/;
const NOT_BUILT = 'The dashboard is not built. Run "npm run build", or use the API under /api.\n';

export interface Dashboard {
  /** Answers GET and HEAD of the page and its files, or returns false when the path is not the dashboard's. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean>;
}

/** @param folder of the built renderer (`index.html`, `assets/`); undefined where there is none: a sentence says so */
export function createDashboard(folder: string | undefined): Dashboard {
  let files: ReadonlySet<string> | undefined;
  return {
    async handle(request, response, path) {
      files ??= filesIn(folder);
      const file = files.has(path) ? path : isPage(request, path) ? '/index.html' : undefined;
      if (file === undefined) return false;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
      } else if (folder === undefined || !files.has(file)) {
        send(request, response, { status: 503, headers: { 'content-type': 'text/plain' }, bytes: NOT_BUILT });
      } else {
        await sendFile(request, response, { folder, file, files });
      }
      return true;
    },
  };
}

/** Every path that a person may open: the page finds out by itself which of its views is meant. */
function isPage({ method, headers }: IncomingMessage, path: string): boolean {
  if (NOT_A_PAGE.test(path)) return false;
  const isVisit = /\btext\/html\b/.test(headers.accept ?? '');
  return path === '/setup' || path === '/login' || (isVisit && (method === 'GET' || method === 'HEAD'));
}

function filesIn(folder: string | undefined): ReadonlySet<string> {
  if (folder === undefined) return new Set();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Set(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/')),
  );
}

interface Found {
  readonly folder: string;
  readonly file: string;
  readonly files: ReadonlySet<string>;
}

async function sendFile(request: IncomingMessage, response: ServerResponse, found: Found): Promise<void> {
  const { folder, file, files } = found;
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const packed = ENCODINGS.find(({ name, suffix }) => accepted.includes(name) && files.has(file + suffix));
  const bytes = await readFile(join(folder, file + (packed?.suffix ?? '')));
  send(request, response, {
    status: 200,
    headers: {
      'content-type': contentType(extname(file)),
      'cache-control': file.startsWith('/assets/') ? FOREVER : 'no-cache',
      vary: 'accept-encoding',
      ...(packed !== undefined && { 'content-encoding': packed.name }),
    },
    bytes,
  });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer | string;
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, bytes }: Answer): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    ...HEADERS,
    ...headers,
    'content-length': Buffer.byteLength(bytes),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
