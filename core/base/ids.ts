/** Identifiers. Random ones are 24 base-36 characters (about 124 bits), made from the platform's secure source. */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A fresh identifier, `prefix` then 24 random lower-case letters and digits: `randomId('msg_')`. */
export function randomId(prefix = ''): string {
  let out = prefix;
  for (const byte of randomBytes(24)) out += ALPHABET[byte % 36];
  return out;
}
