/**
 * Requests and replies in the hub's words, made by fast-check: `requestFor` and `replyFor` hold only what a format can
 * express without loss, `anyEvents` anything the grammar of events allows.
 */
import fc from 'fast-check';
import type { JsonObject } from '../../core/base/json.ts';
import type { ChatEvent, FinishReason, PartHead } from '../../core/model/event.ts';
import type { FormatId } from '../../core/model/format-id.ts';
import type { Part, ToolCallPart } from '../../core/model/part.ts';
import { type Reply, replyEvents } from '../../core/model/reply.ts';
import type { ChatRequest, FunctionTool, Message } from '../../core/model/request.ts';

/** Text that no protocol trims or refuses. */
export const plainText: fc.Arbitrary<string> = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  .filter((value) => value.trim() === value && value !== '');

const json: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom('city', 'days', 'deep'),
  fc.oneof(plainText, fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 })),
);
const PICTURE: Part = {
  type: 'media',
  kind: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgoAAAANSUhEUg==' },
};
const SCHEMA: JsonObject = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const TOOLS: readonly FunctionTool[] = [
  { type: 'function', name: 'weather', description: 'Tells it', schema: SCHEMA, strict: false },
  { type: 'function', name: 'now', schema: SCHEMA, strict: false },
];

const text = (value: string): Part => ({ type: 'text', text: value });

const MANY_TEXTS: readonly FormatId[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'];
const STRICT: readonly FormatId[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];
const DEVELOPER: readonly FormatId[] = ['openai-chat', 'openai-responses'];

/** What the user says: texts, with a picture behind them at times. */
function spoken(format: FormatId): fc.Arbitrary<Part[]> {
  const most = MANY_TEXTS.includes(format) ? 3 : 1;
  return fc
    .tuple(fc.array(plainText, { minLength: 1, maxLength: most }), fc.boolean())
    .map(([texts, shows]) => [...texts.map(text), ...(shows ? [PICTURE] : [])]);
}

/** A turn of the model, and the results of its calls, each call with an id of its own in the conversation. */
const answered: fc.Arbitrary<(turn: number) => Message[]> = fc
  .record({
    says: fc.option(plainText, { nil: undefined }),
    inputs: fc.array(json, { maxLength: 3 }),
    results: fc.array(plainText, { minLength: 3, maxLength: 3 }),
  })
  .map(({ says, inputs, results }) => (turn) => {
    const calls = inputs.map((input, index): ToolCallPart => {
      return {
        type: 'tool-call',
        id: `call_${turn}_${index}`,
        name: 'weather',
        kind: 'function',
        input: JSON.stringify(input),
      };
    });
    const said = says === undefined && calls.length > 0 ? [] : [text(says ?? 'Well')];
    const outputs = calls.map((call, index): Part => {
      return { type: 'tool-result', callId: call.id, name: 'weather', content: [text(results[index] ?? 'sun')] };
    });
    return [
      { role: 'assistant', parts: [...said, ...calls] },
      ...(outputs.length > 0 ? [{ role: 'tool' as const, parts: outputs }] : []),
    ];
  });

function conversation(format: FormatId): fc.Arbitrary<Message[]> {
  return fc
    .record({
      system: fc.option(plainText, { nil: undefined }),
      role: fc.constantFrom('system' as const, ...(DEVELOPER.includes(format) ? (['developer'] as const) : [])),
      first: spoken(format),
      turns: fc.array(fc.tuple(answered, spoken(format)), { maxLength: 3 }),
    })
    .map(({ system, role, first, turns }) => [
      ...(system === undefined ? [] : [{ role, parts: [text(system)] }]),
      { role: 'user' as const, parts: first },
      ...turns.flatMap(([answer, next], turn) => [...answer(turn), { role: 'user' as const, parts: next }]),
    ]);
}

const number = fc.constantFrom(0, 0.25, 0.5, 1);
const count = fc.integer({ min: 16, max: 9_000 });

/** Every option, and the formats that can say it without loss. Sampling is made of its own members. */
const SAMPLING = {
  temperature: { of: number, in: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama-chat'] },
  topP: { of: number, in: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama-chat'] },
  topK: { of: count, in: ['openai-chat', 'anthropic-messages', 'gemini', 'ollama-chat'] },
  minP: { of: number, in: ['openai-chat', 'ollama-chat'] },
  seed: { of: count, in: ['openai-chat', 'gemini', 'ollama-chat'] },
  presencePenalty: { of: number, in: ['openai-chat', 'gemini', 'ollama-chat'] },
  frequencyPenalty: { of: number, in: ['openai-chat', 'gemini', 'ollama-chat'] },
  logitBias: { of: fc.constant({ '50256': -100 }), in: ['openai-chat'] },
} as const;
const OPTIONS = {
  stream: { of: fc.boolean(), in: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini', 'ollama-chat'] },
  maxOutputTokens: { of: count, in: ['openai-chat', 'openai-responses', 'gemini', 'ollama-chat'] },
  stop: {
    of: fc.array(plainText, { minLength: 1, maxLength: 2 }),
    in: ['openai-chat', 'anthropic-messages', 'gemini', 'ollama-chat'],
  },
  choices: { of: fc.constantFrom(1, 2), in: ['openai-chat', 'gemini'] },
  logprobs: {
    of: fc.constant({ enabled: true, top: 2 }),
    in: ['openai-chat', 'openai-responses', 'gemini', 'ollama-chat'],
  },
  parallelToolCalls: { of: fc.boolean(), in: ['openai-chat', 'openai-responses', 'anthropic-messages'] },
  toolChoice: {
    of: fc.constantFrom({ type: 'auto' }, { type: 'required' }, { type: 'tool', name: 'now' }),
    in: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'],
  },
  output: {
    of: fc.constantFrom({ type: 'json' }, { type: 'text' }),
    in: ['openai-chat', 'openai-responses', 'gemini'],
  },
  reasoning: {
    of: fc.constantFrom({ effort: 'low' }, { effort: 'high' }),
    in: ['openai-chat', 'openai-responses', 'gemini', 'ollama-chat'],
  },
  user: { of: plainText, in: ['openai-chat', 'openai-responses', 'anthropic-messages'] },
  metadata: { of: fc.constant({ project: 'x' }), in: ['openai-chat', 'openai-responses'] },
  store: { of: fc.boolean(), in: ['openai-chat', 'openai-responses'] },
  serviceTier: { of: fc.constant('auto'), in: ['openai-chat', 'openai-responses', 'anthropic-messages'] },
  promptCacheKey: { of: plainText, in: ['openai-chat', 'openai-responses'] },
} as const;

function among(
  table: Readonly<Record<string, { readonly of: fc.Arbitrary<unknown>; readonly in: readonly FormatId[] }>>,
  format: FormatId,
): fc.Arbitrary<Record<string, unknown>> {
  const known = Object.entries(table).filter(([, entry]) => entry.in.includes(format));
  return fc.record(Object.fromEntries(known.map(([name, entry]) => [name, entry.of])), { requiredKeys: [] });
}

/** A request of a client of `format`, holding nothing the format cannot express. */
export function requestFor(format: FormatId): fc.Arbitrary<ChatRequest> {
  return fc
    .record({ messages: conversation(format), sampling: among(SAMPLING, format), options: among(OPTIONS, format) })
    .map(({ messages, sampling, options }) => {
      // Anthropic tells "one call at a time" inside the tool choice, and demands a limit.
      const demanded = format === 'anthropic-messages' ? { maxOutputTokens: 4_000, toolChoice: { type: 'auto' } } : {};
      return {
        model: 'm',
        stream: false,
        messages,
        tools: STRICT.includes(format) ? TOOLS : TOOLS.map(({ strict: _strict, ...tool }) => tool),
        ...demanded,
        ...(Object.keys(sampling).length > 0 && { sampling }),
        ...options,
        ext: { origin: format, data: {} },
      } as ChatRequest;
    });
}

const usage = fc.record(
  {
    inputTokens: fc.integer({ min: 50, max: 900 }),
    outputTokens: fc.integer({ min: 50, max: 900 }),
    cachedInputTokens: fc.integer({ min: 1, max: 20 }),
    reasoningTokens: fc.integer({ min: 1, max: 20 }),
  },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);

const REASONS: Readonly<Record<FormatId, readonly FinishReason[]>> = {
  'openai-chat': ['stop', 'length', 'refusal'],
  'openai-responses': ['stop', 'length', 'refusal'],
  'anthropic-messages': ['stop', 'length', 'refusal', 'pause', 'stop-sequence'],
  gemini: ['stop', 'length', 'refusal'],
  'ollama-chat': ['stop', 'length'],
};

/** A reply of one choice: thoughts, text and calls, with the counters the format has. */
export function replyFor(format: FormatId): fc.Arbitrary<Reply> {
  return fc
    .record({
      thoughts: fc.option(plainText, { nil: undefined }),
      says: fc.option(plainText, { nil: undefined }),
      inputs: fc.array(json, { maxLength: 3 }),
      usage,
      reason: fc.constantFrom(...REASONS[format]),
    })
    .map((made) => {
      const thoughts: Part[] =
        made.thoughts === undefined ? [] : [{ type: 'reasoning', form: 'full', text: made.thoughts }];
      const calls = made.inputs.map((input, index): Part => {
        return {
          type: 'tool-call',
          id: `call_${index}`,
          name: 'weather',
          kind: 'function',
          input: JSON.stringify(input),
        };
      });
      const parts = [...thoughts, ...(made.says === undefined ? [] : [text(made.says)]), ...calls];
      const { inputTokens, outputTokens } = made.usage;
      return {
        start: { type: 'start', model: 'm-1', createdAtS: 1_780_000_000 },
        parts: parts.map((part) => ({ choice: 0, part })),
        finish: {
          type: 'finish',
          reason: calls.length > 0 ? 'tool-calls' : made.reason,
          usage: format === 'ollama-chat' ? { inputTokens, outputTokens } : withoutReasoning(format, made.usage),
        },
      } satisfies Reply;
    });
}

/** Anthropic counts thoughts within the output and tells them apart nowhere. */
function withoutReasoning<T extends { readonly reasoningTokens?: number }>(format: FormatId, all: T): T {
  if (format !== 'anthropic-messages') return all;
  const { reasoningTokens: _lost, ...rest } = all;
  return rest as T;
}

/** A reply as events, its text in pieces. */
export function chopped(reply: Reply, size: number): ChatEvent[] {
  return replyEvents(reply).flatMap((event): ChatEvent[] => {
    if (event.type !== 'part-delta' || event.text.length <= size) return [event];
    const units = [...event.text];
    const pieces: ChatEvent[] = [];
    for (let at = 0; at < units.length; at += size) {
      pieces.push({ type: 'part-delta', index: event.index, text: units.slice(at, at + size).join('') });
    }
    return pieces;
  });
}

const HEADS: fc.Arbitrary<PartHead> = fc.constantFrom<PartHead[]>(
  { type: 'text' },
  { type: 'text', refusal: true },
  { type: 'reasoning', form: 'full' },
  { type: 'reasoning', form: 'summary', ext: { origin: 'openai-responses', issuer: 'maker', data: { id: 'rs_1' } } },
  { type: 'reasoning', form: 'full', ext: { origin: 'anthropic-messages', issuer: 'maker', data: { signature: 's' } } },
  { type: 'tool-call', id: 'call_1', name: 'weather', kind: 'function' },
  { type: 'tool-call', id: 'call_2', name: 'patch', kind: 'custom' },
  {
    type: 'tool-call',
    id: 'call_3',
    name: 'now',
    kind: 'function',
    ext: { origin: 'gemini', data: { thoughtSignature: 't' } },
  },
  { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
  {
    type: 'opaque',
    label: 'web_search_call',
    ext: { origin: 'openai-responses', data: { id: 'ws_1', type: 'web_search_call', status: 'completed' } },
  },
  {
    type: 'opaque',
    label: 'server_tool_use',
    ext: {
      origin: 'anthropic-messages',
      data: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    },
  },
);

const STEP = fc.record({
  head: HEADS,
  choice: fc.constantFrom(0, 0, 0, 0, 1),
  /** Which open part is closed or gets the text, or whether a new one opens. */
  act: fc.constantFrom('open', 'open', 'delta', 'delta', 'close'),
  which: fc.nat(5),
  text: fc.oneof(fc.constant(''), plainText, fc.constant('{"city":'), fc.constant('"Rome"}')),
});

/** Any events of the grammar up to their end: parts overlap as they like. What is open at the end is closed. */
export const anyEvents: fc.Arbitrary<ChatEvent[]> = fc
  .tuple(fc.array(STEP, { maxLength: 20 }), fc.constantFrom<FinishReason[]>('stop', 'length', 'tool-calls', 'other'))
  .map(([steps, reason]) => {
    const events: ChatEvent[] = [{ type: 'start', id: 'up-1', model: 'm-1', createdAtS: 1_780_000_000 }];
    const open: number[] = [];
    let next = 0;
    for (const { head, choice, act, which, text: piece } of steps) {
      const index = open[which % Math.max(1, open.length)];
      if (act === 'open' || index === undefined) {
        events.push({ type: 'part-start', index: next, ...(choice > 0 && { choice }), part: head });
        open.push(next);
        next += 1;
      } else if (act === 'delta') events.push({ type: 'part-delta', index, text: piece });
      else events.push({ type: 'part-end', index: open.splice(which % open.length, 1)[0] ?? index });
    }
    for (const index of open) events.push({ type: 'part-end', index });
    events.push({ type: 'finish', reason, usage: { inputTokens: 7, outputTokens: 5 } });
    return events;
  });
