/** What people type into an account's form, checked and cleaned. Each throws `invalid_request` with the field as path. */
import { OmniError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';

const NAME_LIMIT = 200;
const KEY_LIMIT = 10_000;

/** The key without surrounding white space; undefined for an empty one. Other than visible ASCII no header can carry. */
export function cleanKey(key: Secret): Secret | undefined {
  const value = key.reveal().trim();
  if (value === '') return undefined;
  // A form that shows a saved key masked and sends it back must not replace the key.
  if (value.includes('***'))
    throw new OmniError('invalid_request', 'This is a masked API key. Enter the whole key, or leave it out.', {
      path: 'apiKey',
    });
  if (/^[\x21-\x7e]+$/.test(value) && value.length <= KEY_LIMIT) return new Secret(value);
  throw new OmniError(
    'invalid_request',
    'The API key holds spaces, line breaks or other characters that no key has. Copy it again.',
    { path: 'apiKey' },
  );
}

export function checkName(name: string): string {
  const clean = name.trim();
  if (clean !== '' && clean.length <= NAME_LIMIT) return clean;
  throw new OmniError('invalid_request', `Give the account a name of 1 to ${NAME_LIMIT} characters.`, { path: 'name' });
}

export function checkPriority(priority: number): number {
  if (Number.isSafeInteger(priority) && priority >= 1) return priority;
  throw new OmniError('invalid_request', 'The priority is a whole number from 1 up; 1 is tried first.', {
    path: 'priority',
  });
}
