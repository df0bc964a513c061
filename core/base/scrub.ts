/**
 * Takes a key out of text that somebody else wrote. Providers repeat the key they were sent in their errors, as it is,
 * inside a URL or inside JSON, and such texts are shortened on their way to a client: neither a whole key nor the
 * beginning of one that was cut off may get through.
 */
import type { Secret } from './secret.ts';

const MARK = '[key]';
/** So many characters of a key at the end of a text are the key, cut off. */
const TELLING_LENGTH = 8;

/** The text without the key, also where it stands URL- or JSON-encoded, or cut off at the end. */
export function scrubbed(text: string, key: Secret | undefined): string {
  const value = key?.reveal() ?? '';
  if (value === '') return text;
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), value.replaceAll('/', '\\/')];
  return forms.reduce((out, form) => withoutCutForm(out.replaceAll(form, MARK), form), text);
}

function withoutCutForm(text: string, form: string): string {
  const ellipsis = text.endsWith('…') ? '…' : '';
  const shown = text.slice(0, text.length - ellipsis.length);
  for (let length = form.length - 1; length >= TELLING_LENGTH; length -= 1) {
    if (shown.endsWith(form.slice(0, length))) return shown.slice(0, -length) + MARK + ellipsis;
  }
  return text;
}
