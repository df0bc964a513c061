/** What is decoded, encoded for the same format and decoded again is what it was, for any body the protocol allows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { contextOf, SOURCE } from './support.ts';

const TARGET = { model: 'm', issuer: 'openai' };
const word = fc.string({ minLength: 1, maxLength: 12 });
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const json = fc
  .dictionary(name, fc.oneof(word, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map((value): JsonObject => value);
const base64 = fc.base64String({ minLength: 4, maxLength: 16 });
const record = (required: Record<string, fc.Arbitrary<unknown>>, more: Record<string, fc.Arbitrary<unknown>> = {}) =>
  fc.record({ ...required, ...more }, { requiredKeys: Object.keys(required) }).map((value) => value as JsonObject);

const annotation = fc.oneof(
  record({
    type: fc.constant('url_citation'),
    url: fc.webUrl(),
    title: word,
    start_index: fc.nat(),
    end_index: fc.nat(),
  }),
  record({ type: fc.constant('url_citation'), url: fc.webUrl() }),
  record({ type: fc.constant('file_citation'), file_id: word, filename: word, index: fc.nat() }),
);
const outputText = record(
  { type: fc.constant('output_text'), text: fc.string() },
  {
    annotations: fc.array(annotation, { maxLength: 2 }),
    logprobs: fc.array(record({ token: word, logprob: fc.constant(-1) }), { maxLength: 2 }),
  },
);
const refusal = record({ type: fc.constant('refusal'), refusal: fc.string() });
const inputBlock = fc.oneof(
  record({ type: fc.constant('input_text'), text: fc.string() }, { extra: word }),
  record({ type: fc.constant('input_image'), image_url: fc.webUrl() }, { detail: fc.constant('low') }),
  record({ type: fc.constant('input_image'), file_id: word }),
  record(
    { type: fc.constant('input_file'), file_data: base64.map((data) => `data:application/pdf;base64,${data}`) },
    { filename: word },
  ),
  record({ type: fc.constant('input_file'), file_url: fc.webUrl() }, { filename: word }),
  record({ type: fc.constant('input_novelty'), x: json }),
);
const callId = fc.stringMatching(/^call_[a-z0-9]{6}$/);
const reasoning = record(
  {
    type: fc.constant('reasoning'),
    id: name.map((id) => `rs_${id}`),
    summary: fc.array(record({ type: fc.constant('summary_text'), text: fc.string() }), { maxLength: 3 }),
  },
  {
    encrypted_content: word,
    status: fc.constant('completed'),
    content: fc.array(record({ type: fc.constant('reasoning_text'), text: fc.string() }), { maxLength: 2 }),
  },
);
const functionCall = record(
  {
    type: fc.constant('function_call'),
    call_id: callId,
    name,
    arguments: fc.oneof(
      json.map((value) => JSON.stringify(value)),
      word,
      fc.constant(''),
    ),
  },
  { id: name.map((id) => `fc_${id}`), namespace: name, status: fc.constant('completed') },
);
const customCall = record(
  { type: fc.constant('custom_tool_call'), call_id: callId, name, input: fc.string() },
  { id: name },
);
const providerItem = record(
  {
    type: fc.constantFrom('web_search_call', 'local_shell_call', 'mcp_call', 'compaction', 'item_reference'),
    id: name,
  },
  { data: json },
);
const image = record(
  { type: fc.constant('image_generation_call'), id: name, result: base64 },
  { output_format: fc.constantFrom('png', 'webp'), status: fc.constant('completed') },
);

const replyMessage = record(
  {
    type: fc.constant('message'),
    role: fc.constant('assistant'),
    content: fc.array(fc.oneof(outputText, refusal), { maxLength: 3 }),
  },
  { id: name.map((id) => `msg_${id}`), phase: fc.constant('commentary'), status: fc.constant('completed') },
);
const inputItem = fc.oneof(
  record({ role: fc.constantFrom('user', 'system', 'developer', 'assistant'), content: fc.string() }),
  record(
    {
      type: fc.constant('message'),
      role: fc.constantFrom('user', 'system', 'developer'),
      content: fc.array(inputBlock, { maxLength: 3 }),
    },
    { id: name, note: json },
  ),
  replyMessage,
  reasoning,
  functionCall,
  customCall,
  providerItem,
  image,
  record({ type: fc.constantFrom('shell_call_output', 'mcp_approval_response'), id: name }, { output: fc.string() }),
  // A call with its result: results without one are left out on purpose.
  fc.tuple(functionCall, fc.oneof(fc.string(), fc.array(inputBlock, { maxLength: 2 }))),
);
const tool = fc.oneof(
  record(
    { type: fc.constant('function'), name },
    { description: word, parameters: json, strict: fc.boolean(), defer_loading: fc.boolean() },
  ),
  record({ type: fc.constant('custom'), name }, { description: word, format: json }),
  record({ type: fc.constantFrom('web_search', 'local_shell', 'mcp', 'image_generation') }, { data: json }),
);
const group = record({
  type: fc.constant('namespace'),
  name,
  description: word,
  tools: fc.array(tool, { maxLength: 3 }),
});
const toolChoice = fc.oneof(
  fc.constantFrom('auto', 'none', 'required'),
  record({ type: fc.constantFrom('function', 'custom'), name }),
  record({ type: fc.constant('web_search') }),
  record({
    type: fc.constant('allowed_tools'),
    mode: fc.constantFrom('auto', 'required'),
    tools: fc.array(record({ type: fc.constant('function'), name }), { maxLength: 2 }),
  }),
);
const body = record(
  {
    model: word,
    input: fc.oneof(
      fc.string(),
      fc.array(inputItem, { maxLength: 6 }).map((items) => items.flatMap(withResult)),
    ),
  },
  {
    instructions: fc.string(),
    stream: fc.boolean(),
    tools: fc.uniqueArray(fc.oneof(tool, group), {
      maxLength: 4,
      selector: (each) => JSON.stringify(each['name'] ?? each),
    }),
    tool_choice: toolChoice,
    parallel_tool_calls: fc.boolean(),
    max_output_tokens: fc.nat(),
    temperature: fc.constant(0.5),
    top_p: fc.constant(0.5),
    top_logprobs: fc.nat({ max: 20 }),
    include: fc.uniqueArray(
      fc.constantFrom('reasoning.encrypted_content', 'message.output_text.logprobs', 'file_search_call.results'),
    ),
    text: record(
      {},
      {
        format: fc.constantFrom<JsonObject>(
          { type: 'text' },
          { type: 'json_object' },
          { type: 'grammar', x: 1 },
          { type: 'json_schema', name: 'n', schema: {}, strict: true },
        ),
        verbosity: fc.constant('low'),
      },
    ),
    reasoning: record(
      {},
      { effort: fc.constantFrom('none', 'high', 'xhigh'), summary: fc.constant('auto'), context: fc.constant('x') },
    ),
    metadata: json,
    store: fc.boolean(),
    user: word,
    service_tier: word,
    prompt_cache_key: word,
    truncation: fc.constant('auto'),
    previous_response_id: word,
    client_metadata: json,
  },
);

function withResult(item: JsonObject | [JsonObject, string | JsonObject[]]): JsonObject[] {
  if (!Array.isArray(item)) return [item];
  const [call, output] = item;
  return [call, { type: 'function_call_output', call_id: call['call_id'] ?? '', output }];
}

/** Two calls of one id or a second answer to one are no valid body. */
function sound({ input }: JsonObject): boolean {
  if (!Array.isArray(input)) return true;
  const calls = input.flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) && item['name'] !== undefined
      ? [item['call_id']]
      : [],
  );
  return new Set(calls).size === calls.length;
}

describe('identity', () => {
  it('of requests', () => {
    fc.assert(
      fc.property(body.filter(sound), (wire) => {
        const request = openaiResponses.decodeRequest(wire);
        const encoded = openaiResponses.encodeRequest(request, { ...TARGET, model: request.model });
        expect(encoded.losses).toEqual([]);
        expect(openaiResponses.decodeRequest(encoded.body)).toEqual(request);
      }),
      { numRuns: 500 },
    );
  });

  /** In replies every item has an id; one it lacks is made up, and then is a part of it. */
  const replyItem = fc
    .tuple(name, fc.oneof(replyMessage, reasoning, functionCall, customCall, providerItem, image))
    .map(([id, item]): JsonObject => ({ ...item, id: item['id'] ?? id }));
  const reply = record(
    {
      id: fc.oneof(
        name,
        name.map((id) => `resp_${id}`),
      ),
      model: word,
      created_at: fc.nat(),
      output: fc.array(replyItem, {
        maxLength: 5,
      }),
      usage: fc.record({
        input_tokens: fc.nat(),
        input_tokens_details: record({ cached_tokens: fc.nat() }, { cache_write_tokens: fc.nat(), other: fc.nat() }),
        output_tokens: fc.nat(),
        output_tokens_details: record({ reasoning_tokens: fc.nat() }),
        total_tokens: fc.nat(),
      }),
    },
    { service_tier: word },
  );
  const ending = fc.constantFrom<JsonObject>(
    { status: 'completed' },
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    { status: 'incomplete', incomplete_details: { reason: 'new' } },
  );

  it('of whole replies and of streams, which say the same', () => {
    fc.assert(
      fc.property(reply, ending, (wire, end) => {
        const events = openaiResponses.decodeReply({ ...wire, ...end }, SOURCE);
        const folded = foldReply(events);
        const context = contextOf({ service_tier: wire['service_tier'] ?? 'auto' });
        const whole = openaiResponses.encodeReply(events, context);
        expect(whole.losses).toEqual([]);
        const tierless = wire['service_tier'] === undefined;
        if (!tierless) expect(foldReply(openaiResponses.decodeReply(whole.body, SOURCE))).toEqual(folded);
        const encoder = openaiResponses.encodeStream(context);
        const decoder = openaiResponses.decodeStream(SOURCE);
        const frames = events.flatMap((event) => encoder.push(event));
        const streamed = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
        if (!tierless) expect(foldReply(streamed)).toEqual(folded);
        expect(foldReply(streamed).parts).toEqual(folded.parts);
        expect(encoder.losses()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
