/** The check of every URL that a user may set: a custom node's base, a host in `providers.json`. */
import { OmniError } from '../base/errors.ts';

/**
 * The URL without trailing slashes. `what` names it in the message: `The base URL`. Throws `invalid_request` when it is
 * no absolute http or https URL, or holds credentials, a query or a fragment: those would travel to places they were not
 * meant for.
 */
export function checkedBaseUrl(text: string, what: string): string {
  const trimmed = text.trim();
  const refuse = (fault: string): OmniError =>
    new OmniError('invalid_request', `${what} ${fault}.`, { path: 'baseUrl' });
  if (!URL.canParse(trimmed)) throw refuse('is not a complete URL like https://host/v1');
  const url = new URL(trimmed);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('must begin with http:// or https://');
  if (url.hostname === '') throw refuse('names no host');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or password');
  if (trimmed.includes('?')) throw refuse('must not hold a query (?)');
  if (trimmed.includes('#')) throw refuse('must not hold a fragment (#)');
  // A placeholder, as in `https://host/{region}`, is filled in later.
  const path = url.pathname.replace(/%7B(\w+)%7D/gi, '{$1}');
  return `${url.origin}${path}`.replace(/\/+$/, '');
}
