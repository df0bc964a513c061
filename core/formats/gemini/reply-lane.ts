/**
 * One candidate of an answer. Pieces of text of one kind are one part until a signature seals it: in a stream the
 * signature of a text comes on an empty piece after it (https://ai.google.dev/gemini-api/docs/thought-signatures). A
 * part is closed only when the next begins or the answer ends, for sources and log probabilities come after their text.
 */
import { asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import { kindOfMediaType, normalMediaType } from '../../model/data-url.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';
import { type Ext, openExt } from '../../model/ext.ts';
import { decodeCitations } from './citations.ts';
import { unknownKind } from './decode-parts.ts';
import { logprobsIn } from './logprobs.ts';
import type { PartWriter } from './part-writer.ts';
import { PartialArguments } from './partial-arguments.ts';
import { FILE_DATA, INNER, ownExt } from './wire.ts';

interface OpenText {
  readonly index: number;
  readonly kind: 'text' | 'reasoning';
  text: string;
  ext: Ext | undefined;
  sealed: boolean;
}

const KNOWN = new Set(['content', 'index', 'finishReason', 'logprobsResult']);

export class ReplyLane {
  readonly choice: number;
  readonly #writer: PartWriter;
  readonly #issuer: string;
  #text: OpenText | undefined;
  #texts = 0;
  #call: { readonly index: number; readonly arguments: PartialArguments } | undefined;
  /** The candidate's further fields; the last chunk wins. */
  rest: JsonObject = {};
  finishWord: string | undefined;
  hasCalls = false;

  constructor(choice: number, writer: PartWriter, issuer: string) {
    this.choice = choice;
    this.#writer = writer;
    this.#issuer = issuer;
  }

  push(candidate: JsonObject): ChatEvent[] {
    const parts = objectsOf(asObject(candidate['content'])?.['parts']);
    const events = parts.flatMap((part) => this.#part(part));
    const logprobs = logprobsIn(candidate);
    if (logprobs.length > 0 && this.#text !== undefined) {
      events.push({ type: 'part-delta', index: this.#text.index, text: '', logprobs });
    }
    for (const [key, value] of Object.entries(candidate)) if (!KNOWN.has(key)) this.rest[key] = value;
    const word = asString(candidate['finishReason']);
    if (word !== undefined && word !== 'FINISH_REASON_UNSPECIFIED') this.finishWord = word;
    return events;
  }

  /** Closes what is open. */
  close(): ChatEvent[] {
    return [...this.#closeText(), ...this.#closeCall()];
  }

  #part(part: JsonObject): ChatEvent[] {
    const call = asObject(part['functionCall']);
    if (call !== undefined) return this.#functionCall(call, part);
    const kind = unknownKind(part);
    if (kind === undefined || typeof part['text'] === 'string') return this.#piece(part);
    return [...this.close(), ...this.#writer.whole(this.choice, this.#otherHead(part, kind))];
  }

  #piece(part: JsonObject): ChatEvent[] {
    const { text: raw, thought, ...notes } = part;
    const text = asString(raw) ?? '';
    const kind = thought === true ? 'reasoning' : 'text';
    const ext = this.#extOf(notes);
    if (text === '' && ext === undefined) return [];
    const events: ChatEvent[] = [];
    let open = this.#text;
    if (open === undefined || open.kind !== kind || open.sealed) {
      events.push(...this.close());
      open = this.#openText(kind, events);
    }
    if (text !== '') events.push({ type: 'part-delta', index: open.index, text });
    open.text += text;
    if (ext !== undefined) {
      open.ext = ext;
      open.sealed = true;
    }
    return events;
  }

  #openText(kind: 'text' | 'reasoning', events: ChatEvent[]): OpenText {
    const ext: Ext = { origin: 'gemini', issuer: this.#issuer, data: {} };
    const head: PartHead = kind === 'text' ? { type: 'text' } : { type: 'reasoning', form: 'summary', ext };
    const { index, event } = this.#writer.open(this.choice, head);
    events.push(event);
    if (kind === 'text') this.#texts += 1;
    this.#text = { index, kind, text: '', ext: undefined, sealed: false };
    return this.#text;
  }

  #closeText(): ChatEvent[] {
    const open = this.#text;
    if (open === undefined) return [];
    this.#text = undefined;
    const { index, ext } = open;
    const citations = open.kind === 'text' && this.#texts === 1 ? decodeCitations(this.rest, open.text) : [];
    return [
      ...(citations.length > 0 ? [{ type: 'part-delta' as const, index, text: '', citations }] : []),
      { type: 'part-end', index, ...(ext !== undefined && { ext }) },
    ];
  }

  /** A call comes whole, or begins with its name and goes on without one until something else follows. */
  #functionCall(call: JsonObject, part: JsonObject): ChatEvent[] {
    const { name: rawName, id, args, partialArgs, willContinue, ...inner } = call;
    const name = asString(rawName) ?? '';
    if (name === '') {
      this.#call?.arguments.add(call);
      return [];
    }
    this.hasCalls = true;
    const events = this.close();
    const { functionCall: _call, ...notes } = part;
    const ext = this.#extOf({ ...notes, ...(Object.keys(inner).length > 0 && { [INNER]: inner }) });
    const head = {
      type: 'tool-call' as const,
      id: this.#writer.callId(name, asString(id)),
      name,
      kind: 'function' as const,
      ...(ext !== undefined && { ext }),
    };
    if (willContinue !== true && partialArgs === undefined) {
      return [...events, ...this.#writer.whole(this.choice, head, JSON.stringify(asObject(args) ?? {}))];
    }
    const { index, event } = this.#writer.open(this.choice, head);
    this.#call = { index, arguments: new PartialArguments() };
    this.#call.arguments.add(call);
    return [...events, event];
  }

  #closeCall(): ChatEvent[] {
    const call = this.#call;
    if (call === undefined) return [];
    this.#call = undefined;
    const { index } = call;
    return [
      { type: 'part-delta', index, text: call.arguments.text() },
      { type: 'part-end', index },
    ];
  }

  #otherHead(part: JsonObject, label: string): PartHead {
    const { inlineData, fileData, ...notes } = part;
    const blob = asObject(inlineData);
    const file = asObject(fileData);
    const { mimeType, data, fileUri, ...inner } = blob ?? file ?? {};
    const mediaType = normalMediaType(asString(mimeType) ?? '');
    const marks = { ...notes, ...(Object.keys(inner).length > 0 && { [INNER]: inner }) };
    if (blob !== undefined && typeof data === 'string') {
      const ext = this.#extOf(marks);
      const source = { type: 'base64' as const, mediaType, data };
      return { type: 'media', kind: kindOfMediaType(mediaType), source, ...(ext !== undefined && { ext }) };
    }
    if (file !== undefined && typeof fileUri === 'string') {
      const ext: Ext = { origin: 'gemini', issuer: this.#issuer, data: { ...marks, [FILE_DATA]: true } };
      const source = { type: 'url' as const, url: fileUri, ...(mediaType !== '' && { mediaType }) };
      return { type: 'media', kind: kindOfMediaType(mediaType), source, ext };
    }
    return { type: 'opaque', label, ext: { origin: 'gemini', issuer: this.#issuer, data: part } };
  }

  #extOf(data: JsonObject): Ext | undefined {
    return openExt(asString(data['thoughtSignature'])) ?? ownExt(data, this.#issuer);
  }
}
