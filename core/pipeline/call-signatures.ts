/**
 * Signatures of a model's turns, remembered by the tool call's id that the client saw. Gemini 3 refuses a call that comes
 * back without its thought signature, Claude a turn of a tool loop without its signed thoughts, and most clients'
 * protocols have no place for either. What travels with the client (`model/ext.ts`) wins; what is remembered fills the
 * gaps, and goes only to who made it: the same caller's key, the same provider, the same family of models.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 * https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#preserving-thinking-blocks
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { asObject, parseJson } from '../base/json.ts';
import { isMadeCallId } from '../model/call-ids.ts';
import type { ChatEvent } from '../model/event.ts';
import { type Ext, extBelongsTo } from '../model/ext.ts';
import type { FormatId } from '../model/format-id.ts';
import type { Part, ReasoningPart, ToolCallPart } from '../model/part.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import type { Target } from '../routing/plan.ts';
import type { Exchange } from './exchange.ts';

/** Where what was signed is kept: `policy/signature-cache.ts`. */
export interface SignatureShelf {
  get(key: string): string | undefined;
  put(key: string, text: string): void;
}

interface Keeping {
  readonly target: Target;
  readonly shelf: SignatureShelf;
}

/** What proves one turn. `calls` holds for each tool call, in order, what it must bring back; null: nothing. */
interface SignedTurn {
  readonly issuer: string;
  /** The first word of the model's name: a provider may serve several makers' models in one format. */
  readonly family: string;
  readonly calls: readonly (Ext | null)[];
  /** Signed or redacted thoughts, in order. */
  readonly thoughts: readonly ReasoningPart[];
  /** Did the client ask for thoughts, or does the model think by itself? */
  readonly wasAsked: boolean;
}

/** Clients whose protocol pairs calls and results by name and order, so that ids may get lost on the way. */
const MAY_LOSE_IDS: readonly FormatId[] = ['ollama-chat'];

/** Is told an answer's events before the client is; undefined where nothing is signed. */
export type SignatureWatch = ((batch: readonly ChatEvent[]) => void) | undefined;

/** Keeps what an answer's calls were signed with, as soon as its last event is told. */
export function watchSignatures(exchange: Exchange, keeping: Keeping): SignatureWatch {
  if (!mayBeSigned(keeping.target)) return undefined;
  const turn = new TurnReader();
  return (batch) => {
    for (const event of batch) {
      turn.push(event);
      if (event.type === 'finish') keep(turn, exchange, keeping);
    }
  };
}

function keep(turn: TurnReader, { caller, format, request }: Exchange, { target, shelf }: Keeping): void {
  const { calls, thoughts } = turn;
  const [first] = calls;
  if (first === undefined || (thoughts.length === 0 && calls.every(({ ext }) => !isCallSignature(ext)))) return;
  const signed: SignedTurn = {
    ...{ issuer: target.provider.id, family: familyOf(target.model), thoughts },
    calls: calls.map(({ ext }) => (isCallSignature(ext) ? ext : null)),
    wasAsked: request().reasoning !== undefined,
  };
  const owner = caller.apiKeyId ?? '';
  const text = JSON.stringify(signed);
  shelf.put(keyById(owner, first.id), text);
  if (MAY_LOSE_IDS.includes(format)) shelf.put(keyByContent(owner, request().messages.at(-1), first), text);
}

/** The request with what is remembered of its turns put back where the client left it out. */
export function withSignatures(
  request: ChatRequest,
  { caller, format }: Pick<Exchange, 'caller' | 'format'>,
  { target, shelf }: Keeping,
): ChatRequest {
  if (!mayBeSigned(target)) return request;
  const owner = caller.apiKeyId ?? '';
  let isChanged = false;
  const messages = request.messages.map((message, index) => {
    const first = message.role === 'assistant' ? message.parts.find(isCall) : undefined;
    if (first === undefined || isSigned(message, first, target)) return message;
    const key =
      MAY_LOSE_IDS.includes(format) && isMadeCallId(first.id)
        ? keyByContent(owner, request.messages[index - 1], first)
        : keyById(owner, first.id);
    const turn = readTurn(shelf.get(key));
    if (turn?.issuer !== target.provider.id || turn.family !== familyOf(target.model)) return message;
    isChanged = true;
    return { ...message, parts: restored(message.parts, turn, takesThoughts(request, target, turn)) };
  });
  return isChanged ? { ...request, messages } : request;
}

/** Does the target's protocol, or its maker's compatible endpoint, ask for what was signed? */
function mayBeSigned({ endpoint, model }: Target): boolean {
  const { format } = endpoint;
  return format === 'gemini' || format === 'anthropic-messages' || (format === 'openai-chat' && isGemini(model));
}

function isGemini(model: string): boolean {
  return familyOf(model) === 'gemini';
}

/**
 * Thoughts are refused where thinking is off ("When thinking is disabled, an assistant message in the final position cannot
 * contain thinking"): where the request says so, or does not ask any more for what it asked for before.
 */
function takesThoughts({ reasoning }: ChatRequest, { endpoint }: Target, { wasAsked }: SignedTurn): boolean {
  if (endpoint.format !== 'anthropic-messages') return false;
  if (reasoning === undefined) return !wasAsked;
  return reasoning.mode !== 'disabled' && reasoning.effort !== 'none' && reasoning.budgetTokens !== 0;
}

/** Did the client bring along what this target wants back? */
function isSigned(message: Message, first: ToolCallPart, { endpoint, provider }: Target): boolean {
  if (endpoint.format !== 'anthropic-messages') {
    return isCallSignature(first.ext) && extBelongsTo(first.ext, 'gemini', provider.id);
  }
  return message.parts.some(
    (part) => part.type === 'reasoning' && extBelongsTo(part.ext, 'anthropic-messages', provider.id),
  );
}

function restored(parts: readonly Part[], turn: SignedTurn, withThoughts: boolean): Part[] {
  let position = -1;
  const signed = parts.map((part) => {
    if (part.type !== 'tool-call') return part;
    position += 1;
    return withExt(part, turn.calls[position] ?? undefined);
  });
  if (!withThoughts || turn.thoughts.length === 0) return signed;
  return [...turn.thoughts, ...signed.filter(({ type }) => type !== 'reasoning')];
}

function withExt(part: ToolCallPart, ext: Ext | undefined): ToolCallPart {
  if (ext === undefined) return part;
  const own = extBelongsTo(part.ext, ext.origin, ext.issuer) ? part.ext.data : {};
  return { ...part, ext: { ...ext, data: { ...own, ...ext.data } } };
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call';
}

function isCallSignature(ext: Ext | undefined): ext is Ext {
  return ext?.origin === 'gemini' && typeof ext.data['thoughtSignature'] === 'string';
}

function isSignedThought(ext: Ext | undefined): ext is Ext {
  if (ext?.origin !== 'anthropic-messages') return false;
  return typeof ext.data['signature'] === 'string' || typeof ext.data['data'] === 'string';
}

/** `gemini` of `gemini-3-pro-preview`, `claude` of `anthropic/claude-sonnet-4-5`. */
function familyOf(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return /^[a-z]+/.exec(name)?.[0] ?? name;
}

function keyById(owner: string, callId: string): string {
  return digest(['id', owner, callId]);
}

/** By what was said before and what is called: the same call after the same words. */
function keyByContent(
  owner: string,
  before: Message | undefined,
  { name, input }: Pick<ToolCallPart, 'name' | 'input'>,
): string {
  const said = (before?.parts ?? []).flatMap((part) => (part.type === 'tool-result' ? part.content : [part]));
  const texts = said.map((part) => (part.type === 'text' ? part.text : ''));
  return digest(['content', owner, before?.role ?? '', texts, name, parseJson(input.trim() || '{}') ?? input]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Our own writing of a moment or a start ago. */
function readTurn(text: string | undefined): SignedTurn | undefined {
  return text === undefined ? undefined : (asObject(parseJson(text)) as unknown as SignedTurn | undefined);
}

interface OpenCall {
  readonly id: string;
  readonly name: string;
  input: string;
  ext?: Ext;
}

/** Reads the calls and the signed thoughts out of an answer's first choice. */
class TurnReader {
  readonly calls: OpenCall[] = [];
  readonly #calls = new Map<number, OpenCall>();
  readonly #thoughts = new Map<number, { text: string; form: ReasoningPart['form']; ext?: Ext }>();

  push(event: ChatEvent): void {
    if (event.type === 'part-start') this.#start(event);
    if (event.type === 'part-delta') {
      const open = this.#thoughts.get(event.index);
      if (open !== undefined) open.text += event.text;
      const call = this.#calls.get(event.index);
      if (call !== undefined) call.input += event.text;
    }
    if (event.type === 'part-end' && event.ext !== undefined) {
      const open = this.#thoughts.get(event.index) ?? this.#calls.get(event.index);
      if (open !== undefined) open.ext = event.ext;
    }
  }

  get thoughts(): ReasoningPart[] {
    return [...this.#thoughts.values()].flatMap(({ text, form, ext }) =>
      isSignedThought(ext) ? [{ type: 'reasoning' as const, text, form, ext }] : [],
    );
  }

  #start({ index, choice, part }: Extract<ChatEvent, { type: 'part-start' }>): void {
    if ((choice ?? 0) !== 0) return;
    if (part.type === 'reasoning')
      this.#thoughts.set(index, { text: '', form: part.form, ...(part.ext && { ext: part.ext }) });
    if (part.type !== 'tool-call') return;
    const call: OpenCall = { id: part.id, name: part.name, input: '', ...(part.ext && { ext: part.ext }) };
    this.#calls.set(index, call);
    this.calls.push(call);
  }
}
