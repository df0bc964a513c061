/** Which links are handed to the person's browser: whatever scheme is opened starts a program that the system chose for it. */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * https anywhere; http only on this machine, where nobody can listen in: the API's own pages, and a sign-in page that
 * `providers.json` puts there. Never a URL with credentials, which browsers would send along.
 */
export function isForBrowser(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}
