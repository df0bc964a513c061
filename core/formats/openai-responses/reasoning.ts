/**
 * Reasoning items. One item is one part: its summaries (or raw thoughts) joined by a blank line, and the item's own
 * fields (id, encrypted content, the exact pieces where joining would lose them) in `ext`.
 * https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
import { asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { openExt } from '../../model/ext.ts';
import type { ReasoningPart } from '../../model/part.ts';
import { isMadeId, ownExt, restOf, withExt } from './wire.ts';

/** What stands between two pieces of one item in the part's text. */
export const PIECE_BREAK = '\n\n';

/** The text, form and own data of a reasoning item, wherever it came from. */
export function readReasoning(item: JsonObject): {
  readonly text: string;
  readonly form: 'summary' | 'full';
  readonly data: JsonObject;
} {
  const thoughts = texts(item['content']);
  const summary = texts(item['summary']);
  const full = thoughts.length > 0;
  const text = (full ? thoughts : summary).join(PIECE_BREAK);
  const data = restOf(item, ['type', 'summary', 'content']);
  if (full) {
    if (!same(item['content'], pieces('reasoning_text', text))) data['content'] = item['content'] ?? [];
    if (summary.length > 0) data['summary'] = item['summary'] ?? [];
  } else if (summary.length > 0 && !same(item['summary'], pieces('summary_text', text))) {
    data['summary'] = item['summary'] ?? [];
  }
  return { text, form: full ? 'full' : 'summary', data };
}

/**
 * A reasoning item of a client's request. Encrypted content that is our envelope becomes the `ext` it holds; an item we
 * made without one has no maker and none may have it as its own.
 */
export function decodeRequestReasoning(item: JsonObject): ReasoningPart {
  const { text, form, data } = readReasoning(item);
  const sealed = openExt(asString(item['encrypted_content']));
  if (sealed !== undefined) return { type: 'reasoning', text, form, ext: sealed };
  const id = asString(item['id']);
  if (id !== undefined && isMadeId(id)) return { type: 'reasoning', text, form };
  const ext = ownExt(data) ?? { origin: 'openai-responses' as const, data };
  return { type: 'reasoning', text, form, ext };
}

/** The item of a part whose `ext.data` of this format is `data`. */
export function reasoningItem(part: Pick<ReasoningPart, 'text' | 'form'>, data: JsonObject): JsonObject {
  const { summary, content, ...rest } = data;
  const { id, ...fields } = rest;
  const full = part.form === 'full';
  return {
    ...(id !== undefined && { id }),
    type: 'reasoning',
    summary: summary ?? (full ? [] : pieces('summary_text', part.text)),
    ...((full || content !== undefined) && { content: content ?? pieces('reasoning_text', part.text) }),
    ...fields,
  };
}

/** The part of an upstream's reasoning item. */
export function decodeReplyReasoning(item: JsonObject, issuer: string): ReasoningPart {
  const { text, form, data } = readReasoning(item);
  return { type: 'reasoning', text, form, ...withExt(data, issuer) };
}

function texts(value: JsonValue | undefined): string[] {
  return objectsOf(value).map((piece) => asString(piece['text']) ?? '');
}
function pieces(type: string, text: string): JsonObject[] {
  return text === '' ? [] : [{ type, text }];
}
function same(value: JsonValue | undefined, expected: readonly JsonObject[]): boolean {
  const found = objectsOf(value);
  return (
    found.length === expected.length &&
    found.every((piece, at) => {
      const wanted = expected[at] ?? {};
      return Object.keys(piece).length === 2 && piece['type'] === wanted['type'] && piece['text'] === wanted['text'];
    })
  );
}
