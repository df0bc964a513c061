/**
 * Shows 3: an upstream that is cut in mid-stream, seen through the official SDK of each client protocol: it raises its
 * error, none hangs, none takes the answer for a whole one. Over an upstream of the same protocol and over another one.
 */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, messagesAnswer, namedEvent, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
const HANG_MS = 8_000;

/** The beginning of an answer in each protocol, as its documents have it; what follows is a closed connection. */
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  chat: [chatChunk({ role: 'assistant', content: '' }), chatChunk({ content: 'par' })],
  responses: [
    namedEvent('response.created', {
      response: { id: 'resp_1', object: 'response', status: 'in_progress', output: [] },
    }),
    namedEvent('response.output_item.added', {
      output_index: 0,
      item: { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
    }),
    namedEvent('response.content_part.added', {
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    namedEvent('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'par' }),
  ],
  messages: [
    namedEvent('message_start', { message: { ...messagesAnswer([]), stop_reason: null } }),
    namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'par' } }),
  ],
  gemini: [
    `data: ${JSON.stringify({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'par' }] } }] })}`,
  ],
};

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((received, response) => {
    const protocol = received.path.includes('/responses')
      ? 'responses'
      : received.path.includes('/messages')
        ? 'messages'
        : received.path.includes('streamGenerateContent')
          ? 'gemini'
          : 'chat';
    sendSse(response, BEGINNINGS[protocol] ?? [], false);
    setTimeout(() => response.destroy(), 40);
  });
  await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'resp', baseUrl: `${upstream.url}/v1`, apiType: 'responses' });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
  await core.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(() => core.manage('POST', '/api/resilience/reset'));

const messages = [{ role: 'user', content: 'hi' }] as const;

/** What each SDK's user does: read the stream to its end. The text that came. */
const SDKS: Readonly<Record<string, (model: string, seen: string[]) => Promise<unknown>>> = {
  async 'openai, chat'(model, seen) {
    const client = new OpenAI({ apiKey: 'any', baseURL: `${core.url}/v1`, maxRetries: 0 });
    const stream = await client.chat.completions.create({ model, messages: [...messages], stream: true });
    for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
  },
  async 'openai, responses'(model, seen) {
    const client = new OpenAI({ apiKey: 'any', baseURL: `${core.url}/v1`, maxRetries: 0 });
    const stream = client.responses.stream({ model, input: 'hi' });
    stream.on('response.output_text.delta', ({ delta }) => void seen.push(delta));
    await stream.finalResponse();
  },
  async anthropic(model, seen) {
    const client = new Anthropic({ apiKey: 'any', baseURL: core.url, maxRetries: 0 });
    const stream = client.messages.stream({ model, max_tokens: 99, messages: [...messages] });
    stream.on('text', (text) => void seen.push(text));
    await stream.finalMessage();
  },
  async 'google genai'(model, seen) {
    const client = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: core.url } });
    const stream = await client.models.generateContentStream({ model, contents: 'hi' });
    for await (const chunk of stream) seen.push(chunk.text ?? '');
  },
  async ollama(model, seen) {
    const client = new Ollama({ host: core.url });
    const stream = await client.chat({ model, messages: [...messages], stream: true });
    for await (const chunk of stream) seen.push(chunk.message.content);
  },
};

describe.each(Object.keys(SDKS))('%s', (name) => {
  it.each(['chat', 'resp', 'anth', 'gem'])('raises its error when the %s upstream is cut', async (prefix) => {
    const seen: string[] = [];
    const hang = Promise.withResolvers<string>();
    const timer = setTimeout(() => hang.resolve('hangs'), HANG_MS);
    const read = SDKS[name]?.(`${prefix}/m`, seen).then(
      () => 'ended as if whole',
      (error: unknown) => (error instanceof Error ? 'raised' : `threw ${String(error)}`),
    );
    const outcome = await Promise.race([read, hang.promise]);
    clearTimeout(timer);
    expect([seen.join(''), outcome]).toEqual(['par', 'raised']);
  });
});
