/** What went wrong with a sign-in, as a sentence that says what to do. */
import type { OmniError } from '../../base/errors.ts';

const AGAIN = 'Start the sign-in again';

/** By the vendor's error code (RFC 6749, 4.1.2.1 and 5.2; RFC 8628, 3.5). `{name}` is the provider. */
const BY_VENDOR_CODE: Readonly<Record<string, string>> = {
  access_denied: `The sign-in was declined at {name}. ${AGAIN}, and allow the access there.`,
  expired_token: `The code ran out before it was entered at {name}. ${AGAIN}, and enter the new code within its time.`,
  invalid_grant: `{name} did not take the code: it was used already, or is too old. ${AGAIN}.`,
  invalid_client:
    '{name} does not know the client that signs in, or its secret is wrong. Check the client id and secret in the dialog, in providers.json or in the environment.',
  unauthorized_client:
    '{name} does not let this client sign in that way. Check the client id in providers.json or in the environment.',
  invalid_scope:
    '{name} does not grant what was asked for. Check "scope" under "oauth" in providers.json, or update OmniRoute.',
  redirect_uri_mismatch:
    '{name} does not know the address that it was to send the browser back to. Check the client id: it must be that of an installed app.',
  invalid_request: `{name} did not understand the sign-in. ${AGAIN}; if it fails again, update OmniRoute.`,
  server_error: `{name} failed. Wait a moment, then start the sign-in again.`,
  temporarily_unavailable: `{name} is not available at the moment. Wait, then start the sign-in again.`,
};

/** The sentence; it never holds anything but the provider's name and the error's own scrubbed words. */
export function failureSentence(error: OmniError, name: string): string {
  const known = BY_VENDOR_CODE[error.upstreamCode ?? ''];
  if (known !== undefined) return known.replace('{name}', name);
  const why = error.message.replace(/\.$/, '');
  switch (error.code) {
    case 'upstream_unreachable':
    case 'upstream_timeout':
      return `${name} cannot be reached: ${why}. Check the network, then start the sign-in again.`;
    case 'proxy_failed':
      return `${why}. Check the network proxy in the settings, then start the sign-in again.`;
    case 'upstream_server_error':
    case 'upstream_rate_limited':
    case 'upstream_overloaded':
      return `${name} failed: ${why}. Wait a moment, then start the sign-in again.`;
    case 'upstream_bad_response':
      return `${why}. Check the provider's hosts in providers.json and the network proxy, then start the sign-in again.`;
    case 'upstream_auth':
      return `${name} did not accept the sign-in: ${why}. ${AGAIN}.`;
    default:
      return error.message;
  }
}

/** Of the fixed port of a vendor's registration. */
export function portTaken(name: string, port: number): string {
  return `Port ${port} of this machine, which ${name} sends the browser back to, is taken, perhaps by ${name}'s own program or another sign-in. Close that and start again; or sign in all the same, and paste the address of the page that then cannot be opened.`;
}
