/**
 * What a request says, as a flat record of facts that no protocol's wording changes, and which declared loss accounts
 * for a change of which fact. A fact that differs after a translation without such a loss has vanished silently.
 */
import { isObject, type JsonObject, type JsonValue, parseJson } from '../../core/base/json.ts';
import type { Ext } from '../../core/model/ext.ts';
import type { LossFeature } from '../../core/model/loss.ts';
import type { MediaPart, Part, ToolCallPart, ToolResultPart } from '../../core/model/part.ts';
import type { ChatRequest, Message, ReasoningOptions, Tool } from '../../core/model/request.ts';

export type Facts = Readonly<Record<string, JsonValue>>;

/** Members in which formats keep those of an inner object. */
const HOLDERS = new Set(['#inner', '#function', 'item', 'part', 'tool', 'group']);
/** Members that tell how or where something stood, or what the hub has read as well. */
const SPELLING = new Set([
  'instructions',
  'inline',
  'separate',
  'joined',
  'field',
  'id',
  'status',
  'index',
  'name',
  'displayName',
]);
/** What a protocol demands and an encoder therefore fills in; it stands for nothing the client said. */
const FILLED_IN = /^(response|(file|document)(\.\w+)?|skip_thought_signature_validator)$/;

/** The facts of a request; what it does not say is absent. */
export function factsOf(request: ChatRequest): Facts {
  const facts: Record<string, JsonValue> = {};
  const all = { ...messageFacts(request.messages), ...toolFacts(request), ...optionFacts(request) };
  for (const [name, value] of Object.entries(all)) if (isSaid(value)) facts[name] = value;
  return facts;
}

function isSaid(value: JsonValue | undefined): value is JsonValue {
  if (value === undefined || value === null || value === false || value === '') return false;
  return Array.isArray(value) ? value.length > 0 : !isObject(value) || Object.keys(value).length > 0;
}

type Said = Record<string, JsonValue | undefined>;

function messageFacts(messages: readonly Message[]): Said {
  const isSystem = ({ role }: Message): boolean => role === 'system' || role === 'developer';
  const parts = messages.flatMap((message) => message.parts);
  const results = parts.filter((part) => part.type === 'tool-result');
  const inner = results.flatMap((result) => result.content);
  const calls = parts.filter((part) => part.type === 'tool-call');
  const all = [...parts, ...inner];
  const first = messages.findIndex((message) => !isSystem(message));
  return {
    'system text': messages.filter(isSystem).flatMap(({ parts: own }) => textOf(own)),
    'place of system text': messages.some((message, at) => isSystem(message) && first >= 0 && at > first),
    'developer text': messages.filter(({ role }) => role === 'developer').flatMap(({ parts: own }) => textOf(own)),
    names: messages.flatMap(({ name }) => name ?? []),
    turns: turnsOf(messages.filter((message) => !isSystem(message) && message.role !== 'tool')),
    'empty messages': messages.some(({ parts: own }) => own.every((part) => part.type === 'text' && part.text === '')),
    ...mediaFacts(all.filter((part) => part.type === 'media')),
    'media in results': inner.filter((part) => part.type === 'media').map(mediaKey),
    refusals: parts.flatMap((part) => (part.type === 'text' && part.refusal === true ? part.text : [])),
    citations: parts.flatMap((part) =>
      part.type === 'text' ? (part.citations ?? []).map(({ url, title }) => `${title} ${url}`) : [],
    ),
    thoughts: parts.flatMap((part) => (part.type === 'reasoning' ? (part.text === '' ? '(hidden)' : part.text) : [])),
    'signatures of thoughts': parts.flatMap((part) => (part.type === 'reasoning' ? extras(part.ext) : [])),
    ...callFacts(calls, results),
    'other items': all.flatMap((part) => (part.type === 'opaque' ? [part.ext.data] : [])),
    'cache marks on blocks': all.flatMap(({ cache }) => (cache === undefined ? [] : (cache.ttl ?? 'default'))),
    'fields of messages': messages.flatMap(({ ext }) => extras(ext)),
    'fields of blocks': all.flatMap((part) =>
      part.type === 'reasoning' || part.type === 'opaque' ? [] : extras(part.ext),
    ),
  };
}

function textOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => (part.type === 'text' ? part.text.split('\n') : [])).filter((text) => text !== '');
}

/** User and assistant turns with their text; neighbours of one role are one turn, for most protocols join them. */
function turnsOf(messages: readonly Message[]): JsonValue[] {
  const turns: { role: string; text: string[] }[] = [];
  for (const { role, parts } of messages) {
    const text = textOf(parts);
    if (text.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.text.push(...text);
    else turns.push({ role, text });
  }
  return turns.map(({ role, text }) => `${role}: ${text.join(' ')}`);
}

function mediaFacts(media: readonly MediaPart[]): Said {
  const isDocument = (part: MediaPart): boolean => mediaKey(part).startsWith('text ');
  const ofKind = (kind: MediaPart['kind']): string[] =>
    media.filter((part) => part.kind === kind && part.source.type !== 'file-id' && !isDocument(part)).map(mediaKey);
  return {
    images: ofKind('image'),
    audio: ofKind('audio'),
    videos: ofKind('video'),
    files: ofKind('file'),
    'text documents': media.filter(isDocument).map(mediaKey),
    uploads: media.flatMap(({ source }) => (source.type === 'file-id' ? source.id : [])),
    details: media.flatMap(({ detail }) => detail ?? []),
    filenames: media.flatMap(({ filename }) => (filename === undefined || FILLED_IN.test(filename) ? [] : filename)),
  };
}

/** What a part of media is, however it is given: a text document may be inline bytes of type text/plain. */
function mediaKey({ source }: MediaPart): string {
  switch (source.type) {
    case 'text':
      return `text ${source.text}`;
    case 'base64':
      return source.mediaType === 'text/plain'
        ? `text ${Buffer.from(source.data, 'base64').toString('utf8')}`
        : `${source.mediaType} ${source.data}`;
    case 'url':
      return source.url;
    case 'file-id':
      return source.id;
  }
}

function callFacts(calls: readonly ToolCallPart[], results: readonly ToolResultPart[]): Said {
  const place = ({ callId }: ToolResultPart): number => calls.findIndex(({ id }) => id === callId);
  const told = (result: ToolResultPart): string => `${place(result)}: ${textOf(result.content).join(' ')}`;
  return {
    'called tools': calls.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`)),
    'kinds of calls': calls.flatMap(({ kind }) => (kind === 'custom' ? kind : [])),
    arguments: calls.map(({ input }) => (input === '' ? {} : (parseJson(input) ?? input))),
    'ids of calls': calls.map(({ id }) => id),
    results: results.map(told).sort(),
    failures: results.filter(({ isError }) => isError === true).map(place),
  };
}

/** The members of `ext` that say something of their own. */
function extras(ext: Ext | undefined): JsonObject[] {
  if (ext === undefined) return [];
  const own: JsonObject = {};
  for (const [key, value] of Object.entries(ext.data)) {
    if (HOLDERS.has(key) && isObject(value)) Object.assign(own, value);
    else if (!key.startsWith('#')) own[key] = value;
  }
  const said = Object.entries(own).filter(([key, value]) => !SPELLING.has(key) && !FILLED_IN.test(String(value)));
  return said.length === 0 ? [] : [Object.fromEntries(said)];
}

function toolFacts({ tools = [], toolChoice, parallelToolCalls }: ChatRequest): Said {
  const functions = tools.filter((tool) => tool.type === 'function');
  const named = tools.filter((tool) => tool.type !== 'provider');
  return {
    tools: named.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`)),
    'descriptions of tools': named.flatMap(({ description }) => description ?? []),
    schemas: functions.map(({ schema }) => plainSchema(schema)),
    'strict tools': functions.flatMap((tool) => (isStrict(tool) ? tool.name : [])),
    'free-text tools': tools.flatMap((tool) => (tool.type === 'custom' ? tool.name : [])),
    grammars: tools.flatMap((tool) => (tool.type === 'custom' ? (tool.format ?? []) : [])),
    'provider’s tools': tools.flatMap((tool) => (tool.type === 'provider' ? [tool.ext.data] : [])),
    'fields of tools': named.flatMap(({ ext }) => extras(ext)),
    'cache marks on tools': tools.flatMap(({ cache }) => (cache === undefined ? [] : (cache.ttl ?? 'default'))),
    // Leaving the choice to the model is what saying nothing means too.
    'tool choice': toolChoice === undefined || toolChoice.type === 'auto' ? undefined : choiceKey(toolChoice),
    'one call at a time': parallelToolCalls === false,
  };
}

/** A tool without parameters, with an empty object and with an object of no properties say the same. */
/** An answer holds what was asked for and nothing else: that an object is closed, as Anthropic demands, says no more. */
function openSchema({ additionalProperties, ...schema }: JsonObject): JsonObject {
  return additionalProperties === undefined || additionalProperties === false
    ? schema
    : { ...schema, additionalProperties };
}

function plainSchema(schema: JsonObject = { type: 'object' }): JsonObject {
  const { properties, ...rest } = schema;
  return properties === undefined || (isObject(properties) && Object.keys(properties).length === 0) ? rest : schema;
}

/** Absent means strict in the Responses API, and not strict elsewhere. */
function isStrict(tool: Extract<Tool, { type: 'function' }>): boolean {
  return tool.strict ?? tool.ext?.origin === 'openai-responses';
}

function choiceKey(choice: NonNullable<ChatRequest['toolChoice']>): string {
  switch (choice.type) {
    case 'tool':
      return `tool ${choice.name}`;
    case 'allowed':
      return `${choice.mode} of ${choice.names.join(', ')}`;
    case 'opaque':
      return JSON.stringify(choice.ext.data);
    default:
      return choice.type;
  }
}

function optionFacts(request: ChatRequest): Said {
  const { sampling = {}, output, reasoning = {}, logprobs } = request;
  return {
    stream: request.stream,
    'limit of the answer': request.maxOutputTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    seed: sampling.seed,
    'presence penalty': sampling.presencePenalty,
    'frequency penalty': sampling.frequencyPenalty,
    'logit bias': sampling.logitBias,
    stop: request.stop === undefined ? undefined : [...request.stop],
    choices: request.choices === 1 ? undefined : request.choices,
    logprobs: logprobs?.enabled === true ? (logprobs.top ?? 0) : undefined,
    output: output?.type === 'text' ? undefined : output?.type,
    'schema of the output': output?.type === 'json-schema' ? plainSchema(openSchema(output.schema)) : undefined,
    'name of the output': output?.type === 'json-schema' ? nameOf(output) : undefined,
    'strict output': output?.type === 'json-schema' && output.strict,
    'how much to think': thinkingKey(reasoning),
    'thoughts shown': shownKey(reasoning),
    'kind of summary': ['concise', 'detailed'].find((word) => word === reasoning.summary),
    'thoughts sealed': reasoning.replayable,
    user: request.user,
    metadata: request.metadata,
    store: request.store === undefined ? undefined : String(request.store),
    'service tier': request.serviceTier,
    'prompt cache key': request.promptCacheKey,
    fields: request.ext === undefined ? undefined : Object.fromEntries(Object.entries(request.ext.data)),
  };
}

/** An effort, a budget, on or off; where the model decides (`adaptive`) beside an effort, the effort alone counts. */
function thinkingKey({ effort, budgetTokens, mode }: ReasoningOptions): string | undefined {
  if (effort === 'none' || mode === 'disabled' || budgetTokens === 0) return 'off';
  const words = [effort, budgetTokens === undefined ? undefined : `${budgetTokens} tokens`].filter(
    (word) => word !== undefined,
  );
  return words.length > 0 ? words.join(', ') : mode;
}

function shownKey({ summary, includeThoughts }: ReasoningOptions): string | undefined {
  if (includeThoughts === false || summary === 'omitted') return 'hidden';
  return includeThoughts === true || summary !== undefined ? 'shown' : undefined;
}

function nameOf({ name, description }: { readonly name?: string; readonly description?: string }): string[] {
  return [name, description].flatMap((text) => (text === undefined || FILLED_IN.test(text) ? [] : [text]));
}

const CALLS = ['called tools', 'tools', 'tool choice'];

/** The facts that each declared loss accounts for. */
export const ACCOUNTS: Readonly<Partial<Record<LossFeature, readonly string[]>>> = {
  'system-position': ['place of system text', 'turns'],
  'developer-role': ['developer text'],
  'system-role': ['system text', 'developer text', 'place of system text', 'turns'],
  'participant-name': ['names'],
  image: ['images', 'media in results', 'filenames'],
  'image-detail': ['details'],
  audio: ['audio'],
  video: ['videos'],
  file: ['files', 'text documents', 'turns', 'filenames', 'fields of blocks'],
  'file-id': ['uploads', 'filenames'],
  filename: ['filenames'],
  reasoning: ['thoughts', 'signatures of thoughts'],
  'reasoning-signature': ['signatures of thoughts', 'fields of blocks'],
  'reasoning-effort': ['how much to think'],
  'reasoning-options': ['how much to think', 'thoughts shown', 'kind of summary'],
  'tool-provider-run': ['provider’s tools', 'tool choice'],
  'tool-custom': ['free-text tools', 'grammars', 'kinds of calls', 'arguments', 'schemas'],
  'tool-namespace': [...CALLS, 'fields of tools'],
  'tool-name': CALLS,
  'tool-id': ['ids of calls'],
  'tool-strict': ['strict tools'],
  'tool-choice': ['tool choice', 'tools', 'schemas', 'descriptions of tools'],
  'tool-result-orphan': ['results'],
  'tool-result-error': ['failures'],
  'tool-result-media': ['media in results'],
  'tool-arguments': ['arguments'],
  'parallel-tool-calls': ['one call at a time'],
  'schema-keyword': ['schemas', 'schema of the output'],
  'max-output-tokens': ['limit of the answer'],
  temperature: ['temperature'],
  'top-p': ['top_p'],
  'top-k': ['top_k'],
  'min-p': ['min_p'],
  seed: ['seed'],
  'presence-penalty': ['presence penalty'],
  'frequency-penalty': ['frequency penalty'],
  'logit-bias': ['logit bias'],
  stop: ['stop'],
  choices: ['choices'],
  logprobs: ['logprobs'],
  'json-mode': ['output'],
  'json-schema': ['name of the output', 'strict output', 'schema of the output'],
  'cache-mark': ['cache marks on blocks', 'cache marks on tools'],
  'prompt-cache-key': ['prompt cache key'],
  user: ['user'],
  metadata: ['metadata'],
  store: ['store'],
  'service-tier': ['service tier'],
  refusal: ['refusals'],
  citations: ['citations'],
  opaque: ['other items'],
  extension: ['fields', 'fields of messages', 'fields of blocks', 'fields of tools'],
  'empty-text': ['empty messages'],
};
