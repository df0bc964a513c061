import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { CONTEXT, decode, encodedStream, SOURCE, streamed, TARGET } from './support.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });
const name = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,9}$/);
const signature = fc.constantFrom('c2ln', 'b3RoZXI=');
const args = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 5 }),
  fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  { maxKeys: 3 },
);
const option = <T extends JsonValue>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arb, { nil: undefined });
/** A record with some members left out, as JSON. */
const object = (shape: Record<string, fc.Arbitrary<JsonValue | undefined>>): fc.Arbitrary<JsonObject> =>
  fc.record(shape).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const blob = object({
  mimeType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf'),
  data: fc.constant('AAAA'),
  displayName: option(text),
});
const file = object({
  fileUri: fc.constantFrom(
    'https://example.com/a.png',
    'https://youtu.be/x',
    'https://generativelanguage.googleapis.com/v1beta/files/1',
    'gs://b/o',
  ),
  mimeType: option(fc.constantFrom('image/png', 'video/mp4')),
});
const modelPart = fc.oneof(
  object({ text, thoughtSignature: option(signature) }),
  object({ text: fc.string(), thought: fc.constant(true), thoughtSignature: option(signature) }),
  object({ inlineData: blob, thoughtSignature: option(signature) }),
  object({
    executableCode: object({ language: fc.constant('PYTHON'), code: text }),
    thoughtSignature: option(signature),
  }),
  object({ text: fc.constant(''), thoughtSignature: signature }),
);
const userPart = fc.oneof(
  object({ text, partMetadata: option(args) }),
  object({ inlineData: blob, videoMetadata: option(object({ fps: fc.constant(1) })) }),
  object({ fileData: file }),
);
const response = fc.oneof(
  object({ output: fc.string() }),
  object({ result: fc.string() }),
  object({ error: fc.string() }),
  object({ output: args }),
  object({ temperature: fc.integer(), unit: text }),
  fc.constant({}),
);
interface Call {
  readonly id: string | undefined;
  readonly name: string;
  readonly args: JsonObject;
  readonly response: JsonObject;
  readonly signature: string | undefined;
  readonly image: boolean;
}
const turn = fc
  .tuple(
    fc.array(modelPart, { maxLength: 2 }),
    fc.array(
      fc.record({ id: option(fc.uuid()), name, args, response, signature: option(signature), image: fc.boolean() }),
      { maxLength: 3 },
    ),
    fc.array(userPart, { minLength: 1, maxLength: 2 }),
  )
  .map(([before, calls, after]): JsonValue[] => {
    const model = [...before, ...calls.map(callPart)];
    return [
      ...(model.length > 0 ? [{ role: 'model', parts: model }] : []),
      { role: 'user', parts: [...calls.map(responsePart), ...after] },
    ];
  });
const callPart = ({ id, name: of, args: given, signature: signed }: Call): JsonObject => ({
  functionCall: { ...(id !== undefined && { id }), name: of, args: given },
  ...(signed !== undefined && { thoughtSignature: signed }),
});
const responsePart = ({ id, name: of, response: given, image }: Call): JsonObject => ({
  functionResponse: {
    ...(id !== undefined && { id }),
    name: of,
    response: given,
    ...(image && { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }),
  },
});

const schema = fc.constantFrom<JsonObject>(
  {
    type: 'OBJECT',
    properties: {
      a: { type: 'STRING', nullable: true },
      b: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1' },
    },
    required: ['a'],
  },
  {
    type: 'object',
    properties: {
      nullable: { anyOf: [{ type: 'string' }, { type: 'number' }], nullable: true },
      e: { type: 'STRING', enum: ['x'], format: 'enum' },
    },
  },
  { type: 'OBJECT', properties: {} },
);
const jsonSchema = fc.constant<JsonObject>({
  type: 'object',
  properties: { a: { $ref: '#/$defs/x' } },
  $defs: { x: { const: 1 } },
  additionalProperties: false,
});
const declaration = fc.oneof(
  object({ name, description: option(text), parameters: option(schema), response: option(schema) }),
  object({ name, parametersJsonSchema: jsonSchema, behavior: option(fc.constant('BLOCKING')) }),
);
const tools = fc
  .tuple(fc.uniqueArray(declaration, { minLength: 1, maxLength: 3, selector: (one) => one['name'] }), fc.boolean())
  .map(([functionDeclarations, search]): JsonValue[] => [
    { functionDeclarations },
    ...(search ? [{ googleSearch: {} }, { urlContext: {} }] : []),
  ]);
const calling = fc.oneof(
  object({ mode: fc.constantFrom('AUTO', 'NONE', 'VALIDATED', 'ANY', 'NEWMODE') }),
  object({
    mode: fc.constantFrom('ANY', 'VALIDATED'),
    allowedFunctionNames: fc.array(name, { minLength: 1, maxLength: 3 }),
    streamFunctionCallArguments: option(fc.boolean()),
  }),
);
const number = fc.integer({ min: 0, max: 9 });
const config = object({
  temperature: option(number),
  topP: option(number),
  topK: option(number),
  seed: option(number),
  maxOutputTokens: option(number),
  candidateCount: option(number),
  stopSequences: option(fc.array(text, { maxLength: 2 })),
  presencePenalty: option(number),
  frequencyPenalty: option(number),
  responseLogprobs: option(fc.boolean()),
  logprobs: option(number),
  responseModalities: option(fc.constant(['TEXT', 'IMAGE'])),
  thinkingConfig: option(
    object({
      thinkingBudget: option(fc.constantFrom(-1, 0, 500)),
      thinkingLevel: option(fc.constantFrom('LOW', 'high')),
      includeThoughts: option(fc.boolean()),
    }),
  ),
});
const output = fc.oneof<fc.Arbitrary<JsonObject>[]>(
  fc.constant({}),
  fc.constant({ responseMimeType: 'application/json' }),
  fc.constant({ responseMimeType: 'text/plain' }),
  object({ responseMimeType: fc.constant('application/json'), responseSchema: schema }),
  object({ responseMimeType: fc.constant('application/json'), responseJsonSchema: jsonSchema }),
  fc.constant({ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }),
);
const body = fc
  .record({
    turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
    rest: object({
      systemInstruction: option(object({ parts: fc.array(object({ text }), { minLength: 1, maxLength: 2 }) })),
      tools: option(tools),
      toolConfig: option(object({ functionCallingConfig: option(calling), retrievalConfig: option(args) })),
      safetySettings: option(fc.constant([{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }])),
      cachedContent: option(text),
      labels: option(args),
    }),
    config,
    output,
  })
  .map(({ turns, rest, config: generation, output: wanted }): JsonObject => {
    return { contents: turns.flat(), ...rest, generationConfig: { ...generation, ...wanted } };
  });

describe('gemini decode∘encode is the identity', () => {
  it('for requests', () => {
    fc.assert(
      fc.property(body, (given) => {
        const once = decode(given);
        const { body: again } = gemini.encodeRequest(once, TARGET);
        expect(decode(again)).toEqual(once);
      }),
      { numRuns: 400 },
    );
  });
  it('for whole answers and for streams', () => {
    const answer = fc.record({
      parts: fc.array(
        fc.oneof(
          modelPart,
          fc
            .record({ name, args, id: option(fc.uuid()), signature: option(signature) })
            .map((call) => callPart({ ...call, response: {}, image: false })),
        ),
        { maxLength: 5 },
      ),
      finishReason: fc.constantFrom(
        'STOP',
        'MAX_TOKENS',
        'SAFETY',
        'RECITATION',
        'MALFORMED_FUNCTION_CALL',
        'LANGUAGE',
      ),
      usageMetadata: object({
        promptTokenCount: number,
        candidatesTokenCount: option(number),
        thoughtsTokenCount: option(number),
        cachedContentTokenCount: option(number),
        toolUsePromptTokenCount: option(number),
        trafficType: option(text),
      }),
      safetyRatings: option(fc.constant([{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'LOW' }])),
    });
    fc.assert(
      fc.property(answer, ({ parts, finishReason, usageMetadata, safetyRatings }) => {
        const whole: JsonObject = {
          candidates: [
            { content: { parts, role: 'model' }, finishReason, index: 0, ...(safetyRatings && { safetyRatings }) },
          ],
          usageMetadata,
          modelVersion: 'gemini-2.5-flash',
          responseId: 'r',
          createTime: '2026-05-19T14:59:42.780296Z',
        };
        const events = gemini.decodeReply(whole, SOURCE);
        const reply = foldReply(events);
        expect(foldReply(gemini.decodeReply(gemini.encodeReply(events, CONTEXT).body, SOURCE))).toEqual(reply);
        expect(foldReply(streamed(encodedStream(events)))).toEqual(reply);
      }),
      { numRuns: 400 },
    );
  });
});
