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

/** Texts that are credentials by their look: keys of providers and services, tokens, private keys, members named so. */
const CREDENTIALS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:sk|pk|rk)-[\w-]{16,}/g,
  /\b(?:gsk|hf|npm|glpat|xai|pplx|r8|nvapi|fw|csk|tgp)[_-][\w-]{16,}/g,
  /\b(?:gh[pousr]_|github_pat_)\w{20,}/g,
  /\bxox[abeoprs]-[\w-]{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bya29\.[\w-]{20,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  /(?<=\b(?:Bearer|Basic) {1,3})[\w.~+/-]{16,}=*/gi,
  /(?<="(?:[\w-]{0,30}(?:api[_-]?key|password|passwd|secret)|(?:access|auth|id|refresh|session)[_-]?token|authorization)\\{0,3}"\s{0,3}:\s{0,3}\\{0,3}")[^"\\\s]{6,}/gi,
];

/** The text without what looks like a credential; whose it is need not be known. */
export function redacted(text: string): string {
  return CREDENTIALS.reduce((out, pattern) => out.replace(pattern, MARK), text);
}
