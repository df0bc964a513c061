/** What goes with every file of the dashboard, over HTTP as over the desktop's own scheme. */

/**
 * No inline code, no other origin, no frame around it; forms are sent by the script, never by the browser itself. Styles
 * may be inline: the component library writes its colour scheme and responsive rules as style elements, and a nonce that
 * stands in a cached page protects nothing.
 */
export const DASHBOARD_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Beside the policy. */
export const PAGE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The media type of a file whose name ends so, the dot included. */
export const contentType = (extension: string): string => TYPES[extension] ?? 'application/octet-stream';
