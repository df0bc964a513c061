/**
 * What `ext` says to other protocols: the wire fields that are lost when a message, part or tool goes to one that does
 * not know them. Formats also keep marks in `ext` of how something was spelled; nothing is lost with those.
 */
import { isObject } from '../base/json.ts';
import { type Ext, extBelongsTo } from './ext.ts';
import type { FormatId, UpstreamFormatId } from './format-id.ts';
import type { LossList } from './loss.ts';

/** Members in which a format holds the fields of an inner wire object, or of the item around a part. */
const HOLDERS: Readonly<Record<FormatId, readonly string[]>> = {
  'openai-chat': ['#inner'],
  'openai-responses': ['item', 'part', 'tool', 'group'],
  'anthropic-messages': [],
  gemini: ['#inner'],
  'ollama-chat': ['#function'],
};

/** Fields that tell how or where something stood, or that the hub has read too: other protocols say it their own way. */
const READ: Readonly<Record<FormatId, readonly string[]>> = {
  'openai-chat': ['name'],
  'openai-responses': ['instructions', 'joined', 'id', 'status'],
  'anthropic-messages': ['inline', 'separate'],
  gemini: ['displayName'],
  'ollama-chat': ['index'],
};

/** Who will read the message or part that carries `ext`, and where its losses go. */
export interface Reader {
  readonly format: UpstreamFormatId;
  /** The target's maker; absent for a client, who may have what any maker of its protocol gave. */
  readonly issuer?: string;
  readonly path: string;
  readonly losses: LossList;
}

/** Declares what `ext` carries and the reader does not get: another maker's signature, or another protocol's fields. */
export function loseForeignFields(ext: Ext | undefined, { format, issuer, path, losses }: Reader): void {
  const isGivenBack: boolean = extBelongsTo(ext, format, issuer);
  if (ext === undefined || isGivenBack) return;
  const names = foreignFields(ext);
  const signatures = names.filter((name) => /signature/i.test(name));
  const others = names.filter((name) => !signatures.includes(name));
  if (signatures.length > 0) losses.add('reasoning-signature', path, `A signature of ${ext.origin} is left out.`);
  if (others.length > 0) {
    losses.add('extension', path, `Fields that only ${ext.origin} knows are left out: ${others.join(', ')}.`);
  }
}

function foreignFields({ origin, data }: Ext): string[] {
  const known = READ[origin];
  return Object.entries(data).flatMap(([key, value]) => {
    if (HOLDERS[origin].includes(key) && isObject(value)) {
      return Object.keys(value).filter((name) => !known.includes(name));
    }
    return key.startsWith('#') || known.includes(key) ? [] : [key];
  });
}
