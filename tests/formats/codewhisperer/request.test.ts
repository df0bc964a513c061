/** Requests in CodeWhisperer's shape: strict alternation, tools where they are wanted, ids and schemas it takes. */
import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { codewhisperer } from '../../../core/formats/codewhisperer/index.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const assistant = (text: string): Message => ({ role: 'assistant', parts: [{ type: 'text', text }] });
const WEATHER = { type: 'function', name: 'weather', schema: { type: 'object', properties: {} } } as const;

function encode(request: Partial<ChatRequest>): { state: JsonObject; body: JsonObject; losses: readonly string[] } {
  const { body, losses } = codewhisperer.encodeRequest(
    { model: 'claude-sonnet-4.5', stream: true, messages: [user('Hi')], ...request },
    { model: 'claude-sonnet-4.5', issuer: 'maker' },
  );
  return { body, state: asObject(body['conversationState']) ?? {}, losses: losses.map(({ feature }) => feature) };
}

describe('a conversation', () => {
  it('is one user message for the least a client can ask', () => {
    expect(encode({}).body).toEqual({
      conversationState: {
        chatTriggerType: 'MANUAL',
        conversationId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        currentMessage: {
          userInputMessage: { content: 'Hi', modelId: 'claude-sonnet-4.5', origin: 'AI_EDITOR' },
        },
        history: [],
      },
    });
  });

  it('alternates: neighbours of one role are one turn, system text is said by the user', () => {
    const { state, losses } = encode({
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        user('One'),
        user('Two'),
        assistant('A'),
        assistant('B'),
        user('Three'),
      ],
    });
    expect(state['history']).toMatchObject([
      { userInputMessage: { content: 'Be brief.\n\nOne\n\nTwo' } },
      { assistantResponseMessage: { content: 'A\n\nB' } },
    ]);
    expect(state['currentMessage']).toMatchObject({ userInputMessage: { content: 'Three' } });
    expect(losses).toEqual(['system-role']);
  });

  it('begins and ends with the user', () => {
    const { state } = encode({ messages: [assistant('Hello'), user('Hi'), assistant('It')] });
    expect(objectsOf(state['history']).map((turn) => Object.keys(turn)[0])).toEqual([
      'userInputMessage',
      'assistantResponseMessage',
      'userInputMessage',
      'assistantResponseMessage',
    ]);
    expect(state['currentMessage']).toMatchObject({ userInputMessage: { content: 'Continue.' } });
  });

  it('keeps its id over its turns, and no two share one', () => {
    const id = (messages: Message[]): unknown => encode({ messages }).state['conversationId'];
    expect(id([user('Hi'), assistant('Yes?'), user('More')])).toBe(id([user('Hi')]));
    expect(id([user('Ho')])).not.toBe(id([user('Hi')]));
  });
});

describe('tools', () => {
  it('stand on the current message only, each with a description', () => {
    const { state } = encode({
      tools: [WEATHER],
      messages: [
        user('Weather?'),
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', id: 'a.b', name: 'weather', kind: 'function', input: '{"city":"Rom"}' }],
        },
        {
          role: 'tool',
          parts: [{ type: 'tool-result', callId: 'a.b', content: [{ type: 'text', text: 'Sun' }], isError: true }],
        },
      ],
    });
    const toolUseId = expect.stringMatching(/^call_[0-9a-f]{24}$/);
    expect(state['history']).toMatchObject([
      { userInputMessage: { content: 'Weather?' } },
      { assistantResponseMessage: { toolUses: [{ toolUseId, name: 'weather', input: { city: 'Rom' } }] } },
    ]);
    expect(asObject(objectsOf(state['history'])[0]?.['userInputMessage'])?.['userInputMessageContext']).toBeUndefined();
    expect(state['currentMessage']).toMatchObject({
      userInputMessage: {
        content: '',
        userInputMessageContext: {
          toolResults: [{ toolUseId, status: 'error', content: [{ text: 'Sun' }] }],
          tools: [
            { toolSpecification: { name: 'weather', description: 'weather', inputSchema: { json: WEATHER.schema } } },
          ],
        },
      },
    });
  });

  it('that only the history calls are told of all the same', () => {
    const { state } = encode({
      messages: [
        user('Weather?'),
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'weather', kind: 'function', input: '' }] },
        { role: 'tool', parts: [{ type: 'tool-result', callId: 'c1', content: [] }] },
        user('Thanks'),
      ],
    });
    expect(JSON.stringify(state['currentMessage'])).toContain('"toolSpecification":{"name":"weather"');
  });

  it('have schemas without what is refused, and long descriptions in the conversation', () => {
    const schema = {
      type: 'object',
      additionalProperties: false,
      required: [],
      properties: { required: { type: 'object', additionalProperties: true, properties: {} } },
    };
    const description = 'Long. '.repeat(2_000);
    const { state, losses } = encode({ tools: [{ ...WEATHER, schema, description }] });
    expect(state['currentMessage']).toMatchObject({
      userInputMessage: {
        content: `About the tool weather:\n${description}\n\nHi`,
        userInputMessageContext: {
          tools: [
            {
              toolSpecification: {
                description: 'See what is said about the tool weather at the beginning of the conversation.',
                inputSchema: { json: { type: 'object', properties: { required: { type: 'object', properties: {} } } } },
              },
            },
          ],
        },
      },
    });
    expect(losses).toEqual(['schema-keyword']);
  });
});

it('limits and sampling have a place of their own', () => {
  const { body } = encode({ maxOutputTokens: 100, sampling: { temperature: 0.5, topP: 0.9, topK: 3 } });
  expect(body['inferenceConfig']).toEqual({ maxTokens: 100, temperature: 0.5, topP: 0.9 });
});

it('images are sent with their type, beside the text of their message', () => {
  const { state } = encode({
    messages: [
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'What is it?' },
          { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/jpeg', data: 'AAAA' } },
        ],
      },
    ],
  });
  expect(state['currentMessage']).toMatchObject({
    userInputMessage: { content: 'What is it?', images: [{ format: 'jpeg', source: { bytes: 'AAAA' } }] },
  });
});
