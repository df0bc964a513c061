/** Shows that decoding what was encoded gives back what was decoded, for whatever the protocol allows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { recordedMissing, recordings } from '../../support/recorded.ts';
import { decodeBytes } from '../../support/replies.ts';
import { chunk, context, DONE, decode, encode, SOURCE, TARGET } from './support.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/);
const option = <T extends JsonValue>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
/** A record with some members left out, as JSON. */
const object = (shape: Record<string, fc.Arbitrary<JsonValue | undefined>>): fc.Arbitrary<JsonObject> =>
  fc.record(shape).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const list = (item: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonValue[]> =>
  fc.array(item, { minLength: 1, maxLength: 3 });

const cache = option(fc.constantFrom<JsonObject>({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }));
const textBlock = object({ type: fc.constant('text'), text, cache_control: cache, vendor: option(fc.integer()) });
const image = object({
  url: fc.constantFrom('https://x/a.png', 'data:image/png;base64,aGk='),
  detail: option(fc.constant('low')),
});
const userBlock = fc.oneof(
  textBlock,
  object({ type: fc.constant('image_url'), image_url: image }),
  object({ type: fc.constant('input_audio'), input_audio: fc.constant({ data: 'aGk=', format: 'wav' }) }),
  object({
    type: fc.constant('file'),
    file: fc.constantFrom<JsonObject>(
      { file_id: 'f' },
      { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
    ),
  }),
  object({ type: fc.constant('video_url'), video_url: fc.constant({ url: 'https://x/v.mp4', fps: 2 }) }),
  object({ type: fc.constant('document_url'), document_url: fc.constant('https://x/d.pdf') }),
);
const thinking = object({ type: fc.constant('thinking'), thinking: list(object({ type: fc.constant('text'), text })) });
const details = list(
  object({
    type: fc.constantFrom('reasoning.text', 'reasoning.encrypted'),
    text,
    signature: option(word),
    index: fc.nat(2),
  }),
);
const call = (id: number, kind: boolean): fc.Arbitrary<JsonObject> => {
  const inner: fc.Arbitrary<JsonObject> = kind
    ? object({ type: fc.constant('custom'), custom: object({ name: word, input: fc.string() }) })
    : object({
        type: fc.constant('function'),
        function: object({ name: word, arguments: fc.constantFrom('{}', '', '{"a":1}', 'broken') }),
      });
  const extra = option(fc.constant({ google: { thought_signature: 'sig' } }));
  return fc
    .tuple(inner, extra)
    .map(([body, extra_content]) => ({ id: `call_${id}`, ...body, ...(extra_content && { extra_content }) }));
};
const assistant = object({
  role: fc.constant('assistant'),
  content: fc.oneof(fc.constant(null), fc.string(), list(fc.oneof(textBlock, thinking))),
  refusal: option(text),
  reasoning_content: option(fc.string()),
  reasoning: option(text),
  reasoning_details: option(details),
  name: option(word),
  prefix: option(fc.boolean()),
});
const turn: fc.Arbitrary<JsonValue[]> = fc.oneof(
  object({
    role: fc.constantFrom('system', 'developer'),
    content: fc.oneof(fc.string(), list(textBlock)),
    name: option(word),
  }).map((message) => [message]),
  object({ role: fc.constant('user'), content: fc.oneof(fc.string(), list(userBlock)), name: option(word) }).map(
    (message) => [message],
  ),
  assistant.map((message) => [message]),
  fc
    .tuple(assistant, fc.nat(), fc.boolean(), fc.oneof(fc.string(), list(textBlock)))
    .chain(([message, id, kind, content]) =>
      call(id, kind).map((made) => [
        { ...message, tool_calls: [made] },
        { role: 'tool', tool_call_id: `call_${id}`, content },
      ]),
    ),
);
const tool = fc.oneof(
  object({
    type: fc.constant('function'),
    function: object({
      name: word,
      description: option(text),
      parameters: option(fc.constant({ type: 'object' })),
      strict: option(fc.boolean()),
    }),
    cache_control: cache,
  }),
  object({
    type: fc.constant('custom'),
    custom: object({
      name: word,
      format: option(
        fc.constantFrom<JsonObject>(
          { type: 'text' },
          { type: 'grammar', grammar: { syntax: 'regex', definition: 'a' } },
        ),
      ),
    }),
  }),
  object({ type: fc.constant('web_search'), web_search: fc.constant({ enable: true }) }),
);
const request = object({
  model: word,
  messages: fc.array(turn, { maxLength: 4 }).map((turns) => turns.flat()),
  stream: option(fc.boolean()),
  stream_options: option(object({ include_usage: option(fc.boolean()), other: option(fc.boolean()) })),
  tools: option(list(tool)),
  tool_choice: option(
    fc.constantFrom<JsonValue>('auto', 'none', 'any', { type: 'function', function: { name: 'f' } }, { type: 'x' }),
  ),
  max_tokens: option(fc.nat()),
  max_completion_tokens: option(fc.nat()),
  temperature: option(fc.constantFrom(0, 0.5, 2)),
  top_k: option(fc.nat()),
  stop: option(fc.oneof<fc.Arbitrary<JsonValue>[]>(text, fc.array(text, { maxLength: 2 }))),
  n: option(fc.nat(3)),
  logprobs: option(fc.boolean()),
  top_logprobs: option(fc.nat(3)),
  reasoning_effort: option(fc.constantFrom('none', 'low', 'max')),
  response_format: option(
    fc.constantFrom<JsonObject>(
      { type: 'text' },
      { type: 'json_object' },
      { type: 'json_object', schema: {} },
      { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
    ),
  ),
  metadata: option(fc.constant({ a: 'b' })),
  store: option(fc.boolean()),
  vendor_field: option(fc.constant({ deep: [1, null] })),
});

describe('identity', () => {
  it('a request survives', () => {
    fc.assert(
      fc.property(request, (body) => {
        const decoded = openaiChat.decodeRequest(body);
        const { body: encoded, losses } = openaiChat.encodeRequest(decoded, { ...TARGET, model: decoded.model });
        expect(losses.filter(({ feature }) => feature !== 'tool-result-orphan')).toEqual([]);
        if (losses.length === 0) expect(openaiChat.decodeRequest(encoded)).toEqual(decoded);
      }),
      { numRuns: 300 },
    );
  });

  const usage = object({
    prompt_tokens: fc.nat(1000),
    completion_tokens: fc.nat(1000),
    prompt_tokens_details: option(object({ cached_tokens: option(fc.nat(9)), audio_tokens: option(fc.nat(9)) })),
    completion_tokens_details: option(object({ reasoning_tokens: option(fc.nat(9)) })),
    prompt_cache_hit_tokens: option(fc.nat(9)),
    cost: option(fc.constant(0.5)),
  }).map((counts) => ({
    ...counts,
    total_tokens: Number(counts['prompt_tokens']) + Number(counts['completion_tokens']),
  }));
  const citation = object({
    type: fc.constant('url_citation'),
    url_citation: object({ url: text, title: option(text), start_index: option(fc.nat()) }),
  });
  const logprobs = option(fc.constant({ content: [{ token: 'a', logprob: -1 }], refusal: null }));
  const delta = fc.oneof(
    object({ content: text, annotations: option(list(citation)) }),
    object({ refusal: text }),
    object({ reasoning_content: text }),
    object({ reasoning: text, reasoning_details: option(details) }),
    object({
      content: list(
        fc.oneof(
          thinking,
          object({ type: fc.constant('text'), text }),
          object({ type: fc.constant('reference'), reference_ids: fc.constant([1]) }),
        ),
      ),
    }),
    object({
      images: list(
        object({ type: fc.constant('image_url'), image_url: fc.constant({ url: 'data:image/png;base64,aGk=' }) }),
      ),
    }),
    fc.tuple(fc.nat(3), word, fc.string()).map(
      ([index, name, args]): JsonObject => ({
        tool_calls: [{ index, id: `id_${index}`, type: 'function', function: { name, arguments: args } }],
      }),
    ),
    object({ vendor: fc.integer() }),
  );
  const end = object({
    finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'mystery'),
    usage: option(usage),
    citations: option(fc.constant(['https://x'])),
  });
  const chunks = fc
    .tuple(fc.array(fc.tuple(delta, fc.nat(1)), { maxLength: 8 }), end)
    .map(([deltas, last]) => [
      ...deltas.map(([piece, index]) => chunk(piece, { index, system_fingerprint: 'fp' })),
      chunk({}, { ...last, index: 1 }),
      chunk({}, last),
      DONE,
    ]);

  it('a stream survives: events → frames → events', () => {
    fc.assert(
      fc.property(chunks, (frames) => {
        const events = decode(frames);
        expect(foldReply(decode(encode(events, { includeUsage: true })))).toEqual(foldReply(events));
      }),
      { numRuns: 300 },
    );
  });

  it('a repeated piece of a call that tells nothing new does not divide a thought', () => {
    const call = { index: 3, id: 'id_3', type: 'function', function: { name: 'a', arguments: '' } };
    const pieces = [{ tool_calls: [call] }, { reasoning_content: 'One ' }, { tool_calls: [call] }];
    const frames = [...pieces, { reasoning_content: 'thought.' }].map((piece) => chunk(piece));
    const { parts } = foldReply(decode([...frames, chunk({}, { finish_reason: 'stop' }), DONE]));
    expect(parts.map(({ part }) => part)).toMatchObject([{ type: 'tool-call' }, { text: 'One thought.' }]);
  });

  it('a whole answer survives', () => {
    const message = object({
      role: fc.constant('assistant'),
      content: fc.oneof(fc.constant(null), fc.string()),
      refusal: option(text),
      reasoning_content: option(fc.string()),
      annotations: option(list(citation)),
      audio: option(fc.constant({ id: 'a', data: 'aGk=', transcript: 't', expires_at: 5 })),
      tool_calls: option(fc.tuple(call(1, false), call(2, true)).map((made) => [...made])),
      vendor: option(fc.integer()),
    });
    const body = object({
      id: word,
      model: word,
      created: fc.nat(),
      choices: fc.array(
        object({
          message,
          logprobs,
          finish_reason: fc.constantFrom('stop', 'length', 'eos'),
          stop_reason: option(text),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      usage: option(usage),
      x_groq: option(fc.constant({ id: 'req' })),
    });
    fc.assert(
      fc.property(body, (wire) => {
        const events = openaiChat.decodeReply(wire, SOURCE);
        const { body: encoded } = openaiChat.encodeReply(events, context());
        expect(foldReply(openaiChat.decodeReply(encoded, SOURCE))).toEqual(foldReply(events));
      }),
      { numRuns: 300 },
    );
  });
});

const own = recordings().filter(({ format, name }) => format === 'openai-chat' && !name.includes('parameter-error'));

describe.skipIf(recordedMissing !== undefined)(
  `recorded answers${recordedMissing ? ` (${recordedMissing})` : ''}`,
  () => {
    it.each(own)('$name survives, whole and streamed', ({ content }) => {
      const events =
        content.type === 'reply'
          ? openaiChat.decodeReply(content.body, SOURCE)
          : decodeBytes(openaiChat, [content.bytes]);
      expect(events.at(-1)?.type).toBe('finish');
      const reply = foldReply(events);
      expect(foldReply(decode(encode(events, { includeUsage: true })))).toEqual(reply);
      const { body, losses } = openaiChat.encodeReply(events, context());
      expect(losses).toEqual([]);
      const again = foldReply(openaiChat.decodeReply(body, SOURCE));
      expect(again.parts).toEqual(reply.parts);
      expect(again.finish?.usage).toEqual(reply.finish?.usage);
    });
  },
);
