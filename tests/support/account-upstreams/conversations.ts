/**
 * One suite for every account's upstream: clients of each protocol talk and call a tool, streamed and not, and the
 * upstream finds nothing that breaks its rules.
 */
import { describe, expect, it } from 'vitest';
import { readFrames } from '../../../core/base/framing.ts';
import { asObject, asString, type JsonObject, parseJson } from '../../../core/base/json.ts';
import { FORMATS } from '../../../core/formats/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { isFormatId } from '../../../core/model/format-id.ts';
import { CONVERSATIONS, type Conversation } from '../../integration/conversations.ts';
import type { TestCore } from '../core.ts';
import { curiousContext, said } from '../replies.ts';
import type { AccountUpstream } from './upstream.ts';

export interface Stage {
  readonly core: TestCore;
  readonly upstream: AccountUpstream;
}

/** Holds the conversations with `model`; the stage is set when the tests run. */
export function holdConversations(model: string, stage: () => Stage): void {
  const makers = CONVERSATIONS.map((make) => [make(model, '').name, make] as const);
  describe.each(makers)('a client of %s', (_name, make) => {
    it.each(['whole', 'streamed'] as const)('talks and calls a tool, its answers %s', async (form) => {
      const { core, upstream } = stage();
      upstream.faults.length = 0;
      const talk = make(model, 'How is the weather in Rome?');
      const ask = form === 'whole' ? askWhole : askStreamed;
      const called = await ask(core, talk);
      expect(called.toolCalls).toEqual([{ name: 'weather', input: { city: 'Rome' } }]);
      expect(called.reason).toBe('tool-calls');
      talk.take(called.body);
      talk.reply(['sunny']);
      const told = await ask(core, talk);
      expect(told).toMatchObject({ text: 'It is sunny.', reason: 'stop', toolCalls: [] });
      expect(told.usage?.outputTokens).toBeGreaterThan(0);
      expect(upstream.faults).toEqual([]);
    });
  });
}

type Told = ReturnType<typeof said> & { readonly body: JsonObject };

function codecOf({ name }: Conversation) {
  if (!isFormatId(name)) throw new Error(`${name} is no format`);
  return FORMATS[name];
}

async function askWhole(core: TestCore, talk: Conversation): Promise<Told> {
  const response = await core.post(talk.path, talk.body());
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const body = asObject(parseJson(text)) ?? {};
  return { ...said(codecOf(talk).decodeReply(body, { issuer: 'maker' })), body };
}

/** Reads a stream as the protocol's SDKs do: into the whole answer. */
async function askStreamed(core: TestCore, talk: Conversation): Promise<Told> {
  const codec = codecOf(talk);
  const path = talk.path.replace(/:generateContent$/, ':streamGenerateContent?alt=sse');
  const asked =
    talk.name === 'openai-chat' ? { stream: true, stream_options: { include_usage: true } } : { stream: true };
  const body = talk.path === path ? { ...talk.body(), ...asked } : talk.body();
  const response = await core.post(path, body);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.status, bytes.toString()).toBe(200);
  const reader = readFrames(codec.framing);
  const decoder = codec.decodeStream({ issuer: 'maker' });
  const frames = [...reader.push(bytes), ...reader.end()];
  const events: ChatEvent[] = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  return { ...said(events), body: codec.encodeReply(events, curiousContext(true)).body };
}

/** The sentence of an error answer in any of the protocols. */
export async function refusal(response: Response): Promise<{ status: number; message: string }> {
  const body = asObject(parseJson(await response.text()));
  const error = body?.['error'];
  return { status: response.status, message: asString(asObject(error)?.['message']) ?? asString(error) ?? '' };
}
