/**
 * How many characters of a body are words, for an estimate of its tokens. In base64, a picture of a megabyte is more than
 * a million characters, and is charged as about a thousand tokens.
 */
/** What a medium counts as. */
const MEDIUM_CHARACTERS = 4_000;

const IS_BASE64 = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[\w+/=-]/.test(String.fromCharCode(byte))));

/** Bytes of the pieces; of base64 without a break no more than a medium counts. */
export function textLength(pieces: readonly Buffer[]): number {
  const whole = pieces.reduce((sum, { length }) => sum + length, 0);
  if (whole <= MEDIUM_CHARACTERS) return whole;
  let [left, run] = [whole, 0];
  for (const piece of pieces) {
    for (const byte of piece) {
      run = IS_BASE64[byte] === 1 ? run + 1 : 0;
      if (run > MEDIUM_CHARACTERS) left -= 1;
    }
  }
  return left;
}
