/**
 * May two questions be answered alike? Embeddings are close for texts that differ in one number, one name or one "not",
 * so closeness alone is not enough: what carries the exact meaning must be equal, in the same order. That is every
 * number, name, identifier, quoted string, negation and word of a pair of opposites, and all that stands after the first
 * colon or line break, which is the material that the question is about. When in doubt, texts are not comparable; a
 * prompt that treats the whole text as material (a translator's, say) cannot be told from here, which is one reason why
 * similar answers are off by default.
 */
import { createHash } from 'node:crypto';

const LONGEST_CHARACTERS = 600;
/** Scripts that put no space between words: their names and negations cannot be told apart without a dictionary. */
const UNSEGMENTED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MATERIAL = /[:\n]/;
const QUOTED = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|`[^`]*`|(?<![\p{L}\p{N}])['‘][^'’]+['’](?![\p{L}\p{N}])/gu;
const AROUND = /^[\s.,;!?()[\]…–-]+|[\s.,;!?()[\]…–-]+$/gu;
/** Digits, signs of code and mathematics, capitals inside or throughout. */
const EXACT = /[\p{N}\p{S}_/\\@#%&*{}.]|^\p{Lu}{2,}|\p{Ll}\p{Lu}/u;

const words = (text: string): readonly string[] => text.split(/\s+/);
/** Capitalised only because a sentence begins with them. */
const OPENERS = new Set([
  ...words('what which who whom whose when where why how is are was were do does did can could may might must'),
  ...words('shall should will would has have please tell give show explain describe list name write find make'),
  ...words('the a an this that these those in on at for of to if and or i we you it there my our your hi hello'),
]);
/** Words that turn or bound the meaning; English first, then what is short and common in other languages. */
const TURNING = new Set([
  ...words('not no never none nobody nothing neither nor without except unless only cannot but instead'),
  ...words('all any every each some most least more less fewer many few both half double twice once'),
  ...words('zero one two three four five six seven eight nine ten hundred thousand million billion dozen'),
  ...words('first second third last next previous before after above below over under inside outside up down'),
  ...words('in out on off from to into with left right top bottom begin end start stop open close enter exit'),
  ...words('add remove insert delete install uninstall enable disable allow deny include exclude import export'),
  ...words('increase decrease maximum minimum max min best worst good bad high low higher lower new old'),
  ...words('large small long short fast slow hot cold true false yes true wrong safe unsafe legal illegal'),
  ...words('encrypt decrypt encode decode upload download read write send receive buy sell win lose'),
  ...words('push pull merge revert connect disconnect lock unlock show hide ascending descending'),
  ...words('nicht kein keine ohne nie ne pas jamais sans nunca sin non mai senza não nem sem niet geen zonder'),
  ...words('ei en et emme ette eivät älä ilman inte aldrig utan ikke aldri nie bez не нет без nu fără'),
]);

/**
 * A digest of what must be equal in two texts for one to be answered like the other; undefined when a text is never to be.
 */
export function literalsOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST_CHARACTERS || UNSEGMENTED.test(trimmed)) return undefined;
  const at = trimmed.search(MATERIAL);
  const question = at < 0 ? trimmed : trimmed.slice(0, at);
  const material = at < 0 ? '' : trimmed.slice(at);
  const quoted = question.match(QUOTED) ?? [];
  const exact = sentencesOf(question.replace(QUOTED, ' ')).flatMap(exactWords);
  return createHash('sha256')
    .update(JSON.stringify([exact, quoted, material]))
    .digest('hex');
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?…])\s+/);
}

function exactWords(sentence: string): string[] {
  return sentence
    .split(/\s+/)
    .map((word) => word.replace(AROUND, ''))
    .filter((word, index) => word !== '' && isExact(word, index === 0))
    .map((word) => (/^\p{Lu}?[\p{Ll}'’]+$/u.test(word) ? word.toLowerCase() : word));
}

function isExact(word: string, isFirst: boolean): boolean {
  const lower = word.toLowerCase();
  if (EXACT.test(word) || TURNING.has(lower) || /n['’]t$/.test(lower)) return true;
  return /^\p{Lu}/u.test(word) && !(lower === 'i' || (isFirst && OPENERS.has(lower)));
}
