/**
 * Pitfalls 1 to 3: signed turns with parallel calls, whatever protocol the client speaks, over hosts that refuse a
 * missing, changed or foreign signature; with restarts between turns, from whole answers and from streams.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { strictClaude } from '../support/strict-claude.ts';
import { strictGemini } from '../support/strict-gemini.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { CONVERSATIONS, type Conversation, chatConversation } from './conversations.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-'));
let core: TestCore;
let upstream: Upstream;
let questionNumber = 0;

beforeAll(async () => {
  core = await startCore({ dataDirectory });
  upstream = await startUpstream(() => undefined);
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
  await core.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
  await core.addNode({ prefix: 'gem2', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  questionNumber += 1;
  upstream.received.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});

async function restart(): Promise<void> {
  await core.stop();
  core = await startCore({ dataDirectory });
}

const question = (): string => `What is the weather, number ${questionNumber}?`;

/** One turn of the conversation; how many calls the answer holds, or its text when there are none. */
async function turn(talk: Conversation, headers: Record<string, string> = {}): Promise<number | string> {
  const response = await core.post(talk.path, talk.body(), headers);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  const calls = talk.take(asObject(JSON.parse(text)) ?? {});
  if (calls.length === 0) return text;
  talk.reply(calls.map((_, index) => `result ${index}`));
  return calls.length;
}

/** A client that keeps only what every client of its protocol keeps: extra members of calls are lost. */
const forgetfulChat = (model: string, asked: string): Conversation => {
  const talk = chatConversation(model, asked);
  return {
    ...talk,
    name: 'openai-chat without extra members',
    take: (answer) => {
      for (const message of objectsOf(answer['choices']).map((choice) => asObject(choice['message']) ?? {})) {
        delete message['reasoning_content'];
        for (const call of objectsOf(message['tool_calls'])) delete call['extra_content'];
      }
      return talk.take(answer);
    },
  };
};
const CLIENTS = [...CONVERSATIONS, forgetfulChat].map((begin) => ({ name: begin('m', 'x').name, begin }));

describe.each([
  { host: 'Gemini 3', model: 'gem/gemini-3-pro', strict: strictGemini },
  { host: 'Claude', model: 'anth/claude-sonnet-4-5', strict: strictClaude },
])('three turns with parallel calls over a strict $host', ({ model, strict }) => {
  it.each(CLIENTS)('$name gives every signature back, though the gateway restarts between turns', async ({ begin }) => {
    const { script, refusals } = strict();
    upstream.answer(script);
    const talk = begin(model, question());
    expect(await turn(talk)).toBe(2);
    await restart();
    expect(await turn(talk)).toBe(2);
    await restart();
    expect(await turn(talk)).toContain('Sun and snow');
    expect(refusals).toEqual([]);
  });

  it('signatures of a stream are kept as well', async () => {
    const { script, refusals } = strict(1);
    upstream.answer(script);
    const talk = forgetfulChat(model, question());
    const response = await core.post(talk.path, { ...talk.body(), stream: true });
    const message = streamedMessage(await response.text());
    expect(talk.take({ choices: [{ message }] })).toEqual(['weather', 'weather']);
    talk.reply(['sun', 'snow']);
    expect(await turn(talk)).toContain('Sun and snow');
    expect(refusals).toEqual([]);
  });
});

describe('a signature goes to its maker only', () => {
  it.each([
    ['another provider', 'gem2/gemini-3-pro'],
    ['another family of models', 'gem/gemma-3'],
  ])('pitfall 2: %s gets none of it', async (_name, other) => {
    upstream.answer(strictGemini().script);
    const talk = forgetfulChat('gem/gemini-3-pro', question());
    await turn(talk);
    await core.post(talk.path, { ...talk.body(), model: other });
    const sent = JSON.stringify(upstream.received.at(-1)?.body);
    expect(sent).toContain('functionCall');
    expect(sent).not.toContain(Buffer.from('signature 1').toString('base64').slice(0, 12));
  });

  it.each(CLIENTS)('pitfall 3: $name switches from Gemini to Claude and back in one history', async ({ begin }) => {
    const gemini = strictGemini();
    const claude = strictClaude(2);
    upstream.answer((received, ...rest) =>
      (received.path.endsWith('/messages') ? claude : gemini).script(received, ...rest),
    );
    const models = ['gem/gemini-3-pro', 'anth/claude-sonnet-4-5', 'gem/gemini-3-pro'];
    const talk = begin(models[0] ?? '', question());
    const asked = (model: string): Conversation => ({
      ...talk,
      path: talk.path.replace(models[0] ?? '', model),
      body: (): JsonObject => ({ ...talk.body(), ...(talk.path.includes('v1beta') ? {} : { model }) }),
    });
    expect(await turn(asked(models[0] ?? ''))).toBe(2);
    expect(await turn(asked(models[1] ?? ''))).toBe(2);
    expect(claude.refusals).toEqual([]);
    const last = await core.post(asked(models[2] ?? '').path, asked(models[2] ?? '').body());
    await last.text();
    // Claude's turn has no signature of Gemini's: Google's documented stand-in takes its place, and nothing of Claude's.
    const turns = objectsOf(upstream.received.at(-1)?.body['contents']).filter(({ role }) => role === 'model');
    const firsts = turns.map((content) => objectsOf(content['parts']).find((part) => part['functionCall']));
    const [own, foreign] = firsts.map((part) => part?.['thoughtSignature']);
    expect(own).toBe(Buffer.from('signature 1 0').toString('base64'));
    expect(foreign).toBe('skip_thought_signature_validator');
    expect(JSON.stringify(turns)).not.toContain(Buffer.from('signed by claude').toString('base64').slice(0, 20));
  });

  it('another API key gets none of it', async () => {
    upstream.answer(strictGemini().script);
    const keys = await Promise.all(['x', 'y'].map((name) => core.manage('POST', '/api/keys', { name })));
    const [mine, other] = keys.map(({ key }) => ({ authorization: `Bearer ${asString(key) ?? ''}` }));
    const talk = forgetfulChat('gem/gemini-3-pro', question());
    await turn(talk, mine);
    const refused = await core.post(talk.path, talk.body(), other);
    expect(await refused.text()).toContain('Thought signature is not valid');
    expect(await turn(talk, mine)).toBe(2);
  });
});

describe('thoughts go back only where thinking is on', () => {
  it.each([
    ['asked for in both turns', { reasoning_effort: 'low' }, { reasoning_effort: 'low' }, true],
    ['in neither, the model thinks by itself', {}, {}, true],
    ['not any more', { reasoning_effort: 'low' }, {}, false],
    ['switched off', {}, { reasoning_effort: 'none' }, false],
  ])('%s', async (_when, before, after, isGiven) => {
    upstream.answer(strictClaude().script);
    const talk = forgetfulChat('anth/claude-sonnet-4-5', question());
    const asking = (extra: JsonObject): Conversation => ({ ...talk, body: () => ({ ...talk.body(), ...extra }) });
    await turn(asking(before));
    const response = await core.post(talk.path, asking(after).body());
    await response.text();
    const [message] = objectsOf(upstream.received.at(-1)?.body['messages']).filter(({ role }) => role === 'assistant');
    const kinds = objectsOf(message?.['content']).map(({ type }) => type);
    expect(kinds).toEqual([...(isGiven ? ['thinking'] : []), 'tool_use', 'tool_use']);
  });
});

describe('the figures of the signature cache', () => {
  it('count entries, hits and misses', async () => {
    upstream.answer(strictGemini().script);
    const before = asObject((await core.manage('GET', '/api/rate-limits'))['cacheStats']) ?? {};
    const talk = forgetfulChat('gem/gemini-3-pro', question());
    await turn(talk);
    await turn(talk);
    const after = asObject((await core.manage('GET', '/api/rate-limits'))['cacheStats']) ?? {};
    expect(Number(after['entries'])).toBeGreaterThan(Number(before['entries']));
    expect(Number(after['hits']) - Number(before['hits'])).toBe(1);
    expect((await core.manage('GET', '/api/cache'))['signatureCache']).toEqual(after);
  });
});

/** The message that a chat stream's chunks make, without members that its reader does not know. */
function streamedMessage(text: string): JsonObject {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('data: {')) continue;
    const delta = asObject(objectsOf(asObject(JSON.parse(line.slice(6)))?.['choices'])[0]?.['delta']);
    for (const piece of objectsOf(delta?.['tool_calls'])) {
      const index = Number(piece['index']);
      const inner = asObject(piece['function']);
      const call = calls[index] ?? { id: '', type: 'function' as const, function: { name: '', arguments: '' } };
      call.id += asString(piece['id']) ?? '';
      call.function.name += asString(inner?.['name']) ?? '';
      call.function.arguments += asString(inner?.['arguments']) ?? '';
      calls[index] = call;
    }
  }
  return { role: 'assistant', content: null, tool_calls: calls };
}
