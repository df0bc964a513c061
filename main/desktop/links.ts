/** Links to the dashboard's pages, and which others are handed to the person's browser. */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * A scheme starts whatever program the system has for it, so only the web's: https anywhere; http on this machine, where
 * nobody can listen in (the API's own pages, and a sign-in page that `providers.json` puts there). Never a URL with
 * credentials, which browsers would send along.
 */
export function isForBrowser(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

/** A provider's page. */
export function providerPath(provider: string): string {
  return `/providers/${encodeURIComponent(provider)}`;
}

/** The dialog on it, which has the terms, the ways to sign in and the code. */
export function signInPath(provider: string): string {
  return `${providerPath(provider)}?signIn=new`;
}
