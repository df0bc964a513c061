/** Similar answers: by the embeddings of a connected provider, never across keys or contexts, never at the request's expense. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, type Script, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-'));
let core: TestCore;
let upstream: Upstream;
let embeds: Script;
let answered = 0;

/** Questions about one topic get one direction each; the texts' lengths turn it a little. */
const TOPICS = ['sky', 'tide', 'compass'];
function vectorOf(text: string): number[] {
  const at = TOPICS.findIndex((topic) => text.includes(topic));
  return [...TOPICS.map((_, index) => (index === at ? 1 : 0)), 0.001 * text.length];
}
const embedding: Script = ({ body }, response) => {
  const data = [{ object: 'embedding', index: 0, embedding: vectorOf(String(body['input'])) }];
  sendJson(response, { object: 'list', data, model: 'e', usage: { prompt_tokens: 6, total_tokens: 6 } });
};
const settings = (change: object = {}): JsonObject => ({
  answerCache: {
    ...{ enabled: true, maxEntries: 500, maxMemoryBytes: 33_554_432, ttlMs: 3_600_000 },
    similar: { enabled: true, model: 'up/embedder', threshold: 0.95, ...change },
  },
});

beforeAll(async () => {
  core = await startCore({ dataDirectory });
  upstream = await startUpstream((received, response, request) => {
    if (received.path.endsWith('/embeddings')) return embeds(received, response, request);
    answered += 1;
    return sendJson(response, chatAnswer(`answer ${answered}`));
  });
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  embeds = embedding;
  await core.manage('POST', '/api/resilience/reset');
  await core.manage('DELETE', '/api/cache');
  await core.manage('PATCH', '/api/settings', settings());
  upstream.received.length = 0;
});

interface Asked {
  readonly how: string | null;
  readonly text: string;
}
async function ask(content: string, extra: object = {}, headers: Record<string, string> = {}): Promise<Asked> {
  const body = { model: 'up/m', temperature: 0, messages: [{ role: 'user', content }], ...extra };
  const response = await core.post('/v1/chat/completions', body, headers);
  const answer = asObject(await response.json()) ?? {};
  const message = asObject(objectsOf(answer['choices'])[0]?.['message']);
  return { how: response.headers.get('x-omniroute-cache'), text: asString(message?.['content']) ?? '' };
}
const callsTo = (path: string): number => upstream.received.filter((received) => received.path.endsWith(path)).length;

/** Asks, and waits until the question is remembered, which happens in the background. */
async function teach(content: string, extra: object = {}, headers: Record<string, string> = {}): Promise<Asked> {
  const before = await entries();
  const asked = await ask(content, extra, headers);
  for (let tries = 0; tries < 100 && (await entries()) === before; tries += 1) await sleep(10);
  return asked;
}
async function entries(): Promise<number> {
  return Number(asObject((await core.manage('GET', '/api/cache'))['similarAnswers'])?.['entries']);
}

describe('similar answers', () => {
  it('answers a question that means the same, also in another protocol and after a restart, and counts it', async () => {
    const first = await teach('Why is the sky blue?', { max_tokens: 50 });
    expect(first.how).toBe('MISS');
    expect(await ask('What makes the sky blue?', { max_tokens: 50 })).toEqual({ how: 'SIMILAR', text: first.text });
    await core.stop();
    core = await startCore({ dataDirectory });
    const response = await core.post('/v1/messages', {
      ...{ model: 'up/m', temperature: 0, max_tokens: 50 },
      messages: [{ role: 'user', content: 'What makes the sky so blue?' }],
    });
    expect(response.headers.get('x-omniroute-cache')).toBe('SIMILAR');
    expect(await response.text()).toContain(first.text);
    expect(await ask('What makes the sky blue?', { max_tokens: 51 })).toMatchObject({ how: 'MISS' });
    expect((await core.manage('GET', '/api/cache'))['similarAnswers']).toMatchObject({ enabled: true, hits: 1 });
    expect(await core.manage('GET', '/api/cache/stats')).toMatchObject({ similarHits: 1 });
    expect(await ask('Why is the sky blue?', { max_tokens: 50 })).toEqual({ how: 'HIT', text: first.text });
  });

  it.each([
    ['another topic', 'Why is the tide blue?', {}],
    ['a negation', 'Why is the sky not blue?', {}],
    ['a number', 'Why is the sky blue on 3 days?', {}],
    [
      'the system prompt',
      'What makes the sky blue?',
      {
        messages: [
          { role: 'system', content: 'Rhyme.' },
          { role: 'user', content: 'What makes the sky blue?' },
        ],
      },
    ],
    [
      'an earlier turn',
      'What makes the sky blue?',
      {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hi' },
          { role: 'user', content: 'What makes the sky blue?' },
        ],
      },
    ],
    [
      'tools',
      'What makes the sky blue?',
      { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] },
    ],
    ['the model', 'What makes the sky blue?', { model: 'up/other' }],
    ['an option', 'What makes the sky blue?', { seed: 3 }],
    [
      'an image',
      'x',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What makes the sky blue?' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            ],
          },
        ],
      },
    ],
    ['chance', 'What makes the sky blue?', { temperature: 0.5 }],
  ])('%s that differs is another question', async (_what, content, extra) => {
    await teach('Why is the sky blue?');
    expect((await ask(content, extra)).how).not.toBe('SIMILAR');
    expect(callsTo('/chat/completions')).toBe(2);
  });

  it('never crosses API keys, and the embedding is recorded with the key that caused it', async () => {
    const made = await Promise.all(['one', 'two'].map((name) => core.manage('POST', '/api/keys', { name })));
    const [mine, other] = made.map(({ key }) => ({ authorization: `Bearer ${asString(key) ?? ''}` }));
    await teach('Why is the sky blue?', {}, mine);
    expect(await ask('What makes the sky blue?', {}, other)).toMatchObject({ how: 'MISS' });
    expect(await ask('What makes the sky blue?', {}, mine)).toMatchObject({ how: 'SIMILAR' });
    const { logs } = await core.manage('GET', '/api/usage/call-logs?limit=20');
    const rows = objectsOf(logs).filter((row) => JSON.stringify(row).includes('embedder'));
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).toContain('one');
  });

  it('nothing is embedded while there is nothing to compare with, nor when it is off', async () => {
    await core.manage('PATCH', '/api/settings', settings({ enabled: false }));
    await ask('Why is the sky blue?');
    await ask('What makes the sky blue?');
    expect([callsTo('/embeddings'), callsTo('/chat/completions')]).toEqual([0, 2]);
    await expect(core.manage('PATCH', '/api/settings', settings({ model: '' }))).rejects.toThrow(
      /name an embedding model/,
    );
  });

  it('an embedding that fails, hangs or is no vector costs an answer nothing but a bounded wait', async () => {
    await teach('Why is the sky blue?');
    embeds = (_received, response) => sendJson(response, { data: 'none' });
    expect(await ask('What makes the sky blue?')).toMatchObject({
      how: 'MISS',
      text: expect.stringContaining('answer'),
    });
    embeds = () => undefined;
    const startedMs = performance.now();
    expect(await ask('What is making the sky blue?')).toMatchObject({ how: 'MISS' });
    expect(performance.now() - startedMs).toBeLessThan(6_000);
    const before = callsTo('/embeddings');
    expect(await ask('What could make the sky blue?')).toMatchObject({ how: 'MISS' });
    expect(callsTo('/embeddings')).toBe(before);
  });
});
