/** Every recorded answer of Anthropic: read whole, given back whole, and read on the side the same. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../core/base/framing.ts';
import { asArray, asObject, asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { CONTEXT, decode, encode, SOURCE } from './support.ts';

const FOLDER = new URL('../../../../shared/fixtures/recorded/anthropic/', import.meta.url);
const missing = existsSync(FOLDER) ? undefined : `no recorded traffic at ${FOLDER.pathname}`;
if (missing !== undefined) console.warn(`skipped: ${missing}`);
const names = missing === undefined ? readdirSync(FOLDER) : [];

function payloadsOf(name: string): JsonObject[] {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as JsonObject);
}

/** A recording holds one stream for each turn: they are taken apart after `message_stop`. */
function streamsOf(name: string): Frame[][] {
  const streams: Frame[][] = [[]];
  for (const payload of payloadsOf(name)) {
    streams.at(-1)?.push({ event: String(payload['type']), data: JSON.stringify(payload) });
    if (payload['type'] === 'message_stop') streams.push([]);
  }
  return streams.filter((stream) => stream.length > 0);
}

/** What the wire itself says, counted without our decoder. */
function saidOnTheWire(stream: readonly Frame[]): { text: string; thinking: string; blocks: number } {
  const seen = { text: '', thinking: '', blocks: 0 };
  for (const { data } of stream) {
    const payload = asObject(JSON.parse(data)) ?? {};
    const delta = asObject(payload['delta']);
    seen.text += asString(delta?.['text']) ?? '';
    seen.thinking += asString(delta?.['thinking']) ?? '';
    if (payload['type'] === 'content_block_start') seen.blocks += 1;
    if (payload['type'] === 'message_start') seen.blocks += asArray(asObject(payload['message'])?.['content']).length;
  }
  return seen;
}

function saidInEvents(events: readonly ChatEvent[]): { text: string; thinking: string; blocks: number } {
  const parts = foldReply(events).parts.map(({ part }) => part);
  return {
    text: parts.flatMap((part) => (part.type === 'text' ? part.text : [])).join(''),
    thinking: parts.flatMap((part) => (part.type === 'reasoning' ? part.text : [])).join(''),
    blocks: parts.length,
  };
}

describe.skipIf(missing !== undefined)('recorded traffic', () => {
  const streams = names.filter((name) => name.endsWith('.chunks.txt'));
  const replies = names.filter((name) => name.endsWith('.json'));

  it.each(streams)('%s loses nothing and comes back event for event', (name) => {
    for (const stream of streamsOf(name)) {
      const events = decode(stream);
      expect(events.at(-1)?.type).toBe('finish');
      expect(saidInEvents(events)).toEqual(saidOnTheWire(stream));
      const again = encode(events);
      expect(again.losses).toEqual([]);
      expect(decode(again.frames)).toEqual(events);
    }
  });

  it.each(streams)('%s is read on the side as it is decoded', (name) => {
    for (const stream of streamsOf(name)) {
      const events = decode(stream);
      const { finish, start } = foldReply(events);
      const observer = anthropicMessages.observeStream();
      const meanings = stream.map((frame) => observer.push(frame));
      expect(meanings.at(-1)).toBe('end');
      expect(meanings.includes('content')).toBe(events.some(({ type }) => type === 'part-start'));
      expect(observer.summary()).toMatchObject({ ended: true, model: start.model, usage: finish?.usage });
      expect(observer.summary().error).toBeUndefined();
    }
  });

  it.each(replies)('%s comes back whole', (name) => {
    const body = asObject(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))) ?? {};
    const events = anthropicMessages.decodeReply(body, SOURCE);
    const { body: again, losses } = anthropicMessages.encodeReply(events, CONTEXT);
    expect(losses).toEqual([]);
    expect(again['content']).toEqual(objectsOf(body['content']));
    expect(again['stop_reason']).toBe(body['stop_reason']);
    expect(withoutNull(again['usage'])).toEqual(withoutNull(body['usage']));
    expect(anthropicMessages.decodeReply(again, SOURCE)).toEqual(withOurId(events, body));
  });
});

function withoutNull(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, member) => (member === null ? undefined : member)));
}

/** Ids of other shapes give way to ours. */
function withOurId(events: readonly ChatEvent[], body: JsonObject): readonly ChatEvent[] {
  if (String(body['id']).startsWith('msg_')) return events;
  return events.map((event) => (event.type === 'start' ? { ...event, id: `msg_${CONTEXT.id}` } : event));
}
