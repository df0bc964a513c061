/** Identifiers. Random ones are 24 base-36 characters (about 124 bits), made from the platform's secure source. */
import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const LENGTH = 24;

/** Random bytes are drawn in bulk: one call to the system costs as much as the rest of an identifier. */
const pool = Buffer.alloc(LENGTH * 256);
let used = pool.length;

/** A fresh identifier, `prefix` then 24 random lower-case letters and digits: `randomId('msg_')`. */
export function randomId(prefix = ''): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let out = prefix;
  for (const end = used + LENGTH; used < end; used += 1) out += ALPHABET[(pool[used] ?? 0) % ALPHABET.length];
  return out;
}
