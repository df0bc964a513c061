/**
 * Chromium knows no `app://`: pages of it are shown under a name of the loopback that no request ever reaches. A secure
 * context with an origin of its own, as the app's scheme is.
 */
const SUFFIX = '.app.localhost';

/** `app://omniroute/x` → `http://omniroute.app.localhost/x`; other URLs as they are. */
export function toPage(url: string): string {
  return url.replace(/^app:\/\/([^/?#]+)/, `http://$1${SUFFIX}`);
}

/** The reverse. */
export function toApp(url: string): string {
  const match = /^http:\/\/([^/?#]+)\.app\.localhost(?::80)?(.*)$/.exec(url);
  return match === null ? url : `app://${match[1]}${match[2]}`;
}
