/**
 * Vendor-only data, carried unread: signatures, encrypted reasoning, provider-run tool items, unknown fields.
 * It is given back only to the same protocol (`origin`) and, where it proves something (a signature), only to the
 * maker (`issuer`). Between requests it lives in the client: protocols with an opaque field of their own carry it in
 * an envelope (`sealExt`), so that nothing has to be remembered here and a restart loses nothing.
 */
import { asObject, asString, type JsonObject, parseJson } from '../base/json.ts';
import { type FormatId, isFormatId, type UpstreamFormatId } from './format-id.ts';

export interface Ext {
  readonly origin: FormatId;
  /** Who made it: a provider's id, or a custom node's. Absent: any upstream of that protocol may have it back. */
  readonly issuer?: string;
  readonly data: JsonObject;
}

/** Is `ext` to be given back when encoding for `format` and, where the target is known, for the maker `issuer`? */
export function extBelongsTo(ext: Ext | undefined, format: UpstreamFormatId, issuer?: string): ext is Ext {
  if (ext === undefined || ext.origin !== format) return false;
  return ext.issuer === undefined || issuer === undefined || ext.issuer === issuer;
}

/**
 * Every envelope starts with this: the base64 of `omr1:{`. A body without it holds no envelope, so the same-format lane
 * can tell by one search of its bytes whether it may pass untouched.
 */
export const ENVELOPE_START = 'b21yMTp7';

/** Items the gateway made carry this in their id (`rs_omr…`), so that they are not given to an upstream as its own. */
export const MADE_HERE = 'omr';

/** Does a body hold anything that only the gateway understands, so that it must be read before an upstream gets it? */
export function holdsOwnMarks(body: { includes(text: string): boolean }): boolean {
  return body.includes(ENVELOPE_START) || body.includes(`_${MADE_HERE}`);
}

/** `ext` as one string of standard base64 (some SDKs decode such fields), for a signature or encrypted-content field. */
export function sealExt(ext: Ext): string {
  return Buffer.from(`omr1:${JSON.stringify(ext)}`).toString('base64');
}

/** Opens what `sealExt` made; undefined for any other string (a vendor's own signature, say). */
export function openExt(sealed: string | undefined): Ext | undefined {
  if (sealed === undefined || !sealed.startsWith(ENVELOPE_START)) return undefined;
  const value = asObject(parseJson(Buffer.from(sealed, 'base64').toString('utf8').slice('omr1:'.length)));
  const origin = asString(value?.['origin']);
  const data = asObject(value?.['data']);
  if (origin === undefined || !isFormatId(origin) || data === undefined) return undefined;
  const issuer = asString(value?.['issuer']);
  return issuer === undefined ? { origin, data } : { origin, issuer, data };
}
