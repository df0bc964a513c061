/**
 * The loss matrix of answers: every thing an upstream may say, to every client, streamed and whole. What is missing when
 * the client's own decoder reads the answer must have been declared. The table is a reviewed snapshot beside this file.
 */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FinishReason } from '../../core/model/event.ts';
import { openExt } from '../../core/model/ext.ts';
import { FORMAT_IDS, type FormatId } from '../../core/model/format-id.ts';
import type { LossFeature } from '../../core/model/loss.ts';
import type { Part } from '../../core/model/part.ts';
import { foldReply, type Reply, replyEvents } from '../../core/model/reply.ts';
import type { Usage } from '../../core/model/usage.ts';
import { curiousContext } from '../support/replies.ts';

const USAGE: Usage = { inputTokens: 9, outputTokens: 5 };

interface Case {
  readonly parts?: readonly Part[];
  readonly reason?: FinishReason;
  readonly stopSequence?: string;
  readonly usage?: Usage;
  /** A second choice with this text. */
  readonly second?: string;
}

const text: Part = { type: 'text', text: 'It rains' };
const call: Part = { type: 'tool-call', id: 'call_1', name: 'weather', kind: 'function', input: '{"city":"Rome"}' };

/** What an upstream may say. */
const CASES: Readonly<Record<string, Case>> = {
  text: { parts: [text] },
  'nothing at all': {},
  refusal: { parts: [{ type: 'text', text: 'I will not', refusal: true }], reason: 'refusal' },
  'citation of a page': {
    parts: [{ ...text, citations: [{ url: 'https://w.test/', title: 'W', start: 0, end: 8 }] }],
  },
  'citation of a document': {
    parts: [
      {
        ...text,
        citations: [
          {
            citedText: 'rain',
            title: 'Notes',
            ext: {
              origin: 'anthropic-messages',
              data: {
                type: 'char_location',
                document_index: 0,
                document_title: 'Notes',
                start_char_index: 0,
                end_char_index: 4,
              },
            },
          },
        ],
      },
    ],
  },
  'log-probabilities': { parts: [{ ...text, logprobs: [{ token: 'It rains', logprob: -0.1, top_logprobs: [] }] }] },
  'thoughts, unsigned': { parts: [{ type: 'reasoning', form: 'full', text: 'Hm' }, text] },
  'thoughts signed by Anthropic': {
    parts: [
      {
        type: 'reasoning',
        form: 'full',
        text: 'Hm',
        ext: { origin: 'anthropic-messages', issuer: 'maker', data: { signature: 'EqQB' } },
      },
      text,
    ],
  },
  'thoughts of Responses, encrypted': {
    parts: [
      {
        type: 'reasoning',
        form: 'summary',
        text: 'Hm',
        ext: { origin: 'openai-responses', issuer: 'maker', data: { id: 'rs_1', encrypted_content: 'gAAAA' } },
      },
      text,
    ],
  },
  'tool call': { parts: [call], reason: 'tool-calls' },
  'parallel tool calls': { parts: [call, { ...call, id: 'call_2', input: '{}' }], reason: 'tool-calls' },
  'tool call signed by Gemini': {
    parts: [{ ...call, ext: { origin: 'gemini', issuer: 'maker', data: { thoughtSignature: 'CtQB' } } }],
    reason: 'tool-calls',
  },
  'text signed by Gemini': {
    parts: [{ ...text, ext: { origin: 'gemini', issuer: 'maker', data: { thoughtSignature: 'CtQB' } } }],
  },
  'free-text call': { parts: [{ ...call, kind: 'custom', input: '*** Begin' }], reason: 'tool-calls' },
  'arguments that are no JSON object': { parts: [{ ...call, input: 'Rome' }], reason: 'tool-calls' },
  'item of a tool Responses ran': {
    parts: [
      {
        type: 'opaque',
        label: 'web_search_call',
        ext: { origin: 'openai-responses', data: { type: 'web_search_call', id: 'ws_1', status: 'completed' } },
      },
      text,
    ],
  },
  'item of a tool Anthropic ran': {
    parts: [
      {
        type: 'opaque',
        label: 'server_tool_use',
        ext: {
          origin: 'anthropic-messages',
          data: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'rain' } },
        },
      },
      text,
    ],
  },
  'item of a tool Gemini ran': {
    parts: [
      {
        type: 'opaque',
        label: 'executableCode',
        ext: { origin: 'gemini', data: { executableCode: { language: 'PYTHON', code: '1+1' } } },
      },
      text,
    ],
  },
  image: {
    parts: [{ type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } }],
  },
  'second choice': { parts: [text], second: 'It snows' },
  'end: length': { parts: [text], reason: 'length' },
  'end: stop sequence': { parts: [text], reason: 'stop-sequence', stopSequence: 'END' },
  'end: pause': { parts: [text], reason: 'pause' },
  'end: refusal of the provider': { parts: [text], reason: 'refusal' },
  'end: another reason': { parts: [text], reason: 'other' },
  'tokens read from a cache': { parts: [text], usage: { ...USAGE, cachedInputTokens: 4 } },
  'tokens written to a cache': { parts: [text], usage: { ...USAGE, cacheWriteTokens: 4, cacheWrite1hTokens: 3 } },
  'tokens of thoughts': { parts: [text], usage: { ...USAGE, reasoningTokens: 3 } },
};

function replyOf({ parts = [], reason = 'stop', stopSequence, usage = USAGE, second }: Case): Reply {
  const more = second === undefined ? [] : [{ choice: 1, part: { type: 'text', text: second } satisfies Part }];
  return {
    start: { type: 'start', model: 'm-1', createdAtS: 1_780_000_000 },
    parts: [...parts.map((part) => ({ choice: 0, part })), ...more],
    finish: {
      type: 'finish',
      reason,
      usage,
      ...(stopSequence !== undefined && { stopSequence }),
      ...(second !== undefined && { choices: [{ choice: 1, reason: 'stop' as const }] }),
    },
  };
}

type Facts = Readonly<Record<string, JsonValue | undefined>>;

/** What an answer says, whatever its protocol calls it. */
function factsOf({ parts, finish }: Reply): Facts {
  const first = parts.filter(({ choice }) => choice === 0).map(({ part }) => part);
  const texts = first.filter((part) => part.type === 'text');
  const calls = first.filter((part) => part.type === 'tool-call');
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = finish?.usage ?? USAGE;
  return {
    text: texts.map((part) => part.text).join(''),
    refused: texts.some((part) => part.refusal === true),
    citations: texts.flatMap((part) => (part.citations ?? []).map(({ url, title }) => `${title} ${url}`)),
    logprobs: texts.flatMap((part) => (part.logprobs ?? []).map(({ token }) => token ?? null)),
    thoughts: first.flatMap((part) => (part.type === 'reasoning' ? part.text : [])),
    signatures: first.flatMap((part) => (part.type === 'opaque' ? [] : signatureOf(part))),
    calls: calls.map(({ id, name }) => `${name} ${id}`),
    arguments: calls.map(({ input }) => input),
    'kinds of calls': calls.filter(({ kind }) => kind === 'custom').length,
    items: first.flatMap((part) => (part.type === 'opaque' ? part.label : [])),
    images: first.filter((part) => part.type === 'media').length,
    'second choice': parts.filter(({ choice }) => choice === 1).length,
    reason: finish?.reason,
    'stop sequence': finish?.stopSequence,
    tokens: `${inputTokens} ${outputTokens}`,
    'tokens in detail': [cachedInputTokens ?? 0, cacheWriteTokens ?? 0, reasoningTokens ?? 0],
  };
}

const SIGNED = ['signature', 'encrypted_content', 'thoughtSignature'];

/** The maker's own signature, wherever the client holds it: it is what must come back in the next turn. */
function signatureOf({ ext }: Part): string[] {
  return SIGNED.flatMap((name) => {
    const value = ext?.data[name];
    return typeof value === 'string' ? opened(value) : [];
  });
}

/** The signature in an envelope of ours, if it holds one; else the value itself. */
function opened(value: string): string[] {
  if (openExt(value) === undefined) return [value];
  const inside = Buffer.from(value, 'base64').toString('utf8');
  const signature = SIGNED.map((name) => new RegExp(`"${name}":"([^"]*)"`).exec(inside)?.[1]).find(
    (found) => found !== undefined,
  );
  return signature === undefined ? [] : [signature];
}

const ACCOUNTS: Readonly<Partial<Record<LossFeature, readonly string[]>>> = {
  refusal: ['refused'],
  citations: ['citations'],
  logprobs: ['logprobs'],
  reasoning: ['thoughts', 'signatures'],
  'reasoning-signature': ['signatures'],
  'tool-custom': ['kinds of calls', 'arguments'],
  'tool-arguments': ['arguments'],
  extension: ['signatures'],
  opaque: ['items'],
  image: ['images'],
  choices: ['second choice'],
  'finish-reason': ['reason', 'stop sequence'],
  'usage-detail': ['tokens in detail'],
};

interface Told {
  readonly after: Facts;
  readonly losses: readonly LossFeature[];
}

function tell(client: FormatId, reply: Reply, streamed: boolean): Told {
  const codec = FORMATS[client];
  const events = replyEvents(reply);
  if (!streamed) {
    const { body, losses } = codec.encodeReply(events, curiousContext(false));
    return { after: factsOf(foldReply(codec.decodeReply(body, { issuer: 'maker' }))), losses: names(losses) };
  }
  const encoder = codec.encodeStream(curiousContext(true));
  const decoder = codec.decodeStream({ issuer: 'maker' });
  const frames = events.flatMap((event) => encoder.push(event));
  const decoded = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  return { after: factsOf(foldReply(decoded)), losses: names(encoder.losses()) };
}

function names(losses: readonly { readonly feature: LossFeature }[]): LossFeature[] {
  return [...new Set(losses.map(({ feature }) => feature))].sort();
}

const ROWS = Object.entries(CASES).flatMap(([name, what]) =>
  FORMAT_IDS.map((client) => ({ name, client, reply: replyOf(what) })),
);

describe('loss matrix of answers', () => {
  it.each(ROWS)('$name → $client: what is missing is declared', ({ client, reply }) => {
    const before = factsOf(reply);
    for (const streamed of [false, true]) {
      const { after, losses } = tell(client, reply, streamed);
      const accounted = new Set(losses.flatMap((loss) => ACCOUNTS[loss] ?? []));
      const silent = Object.keys(before).filter(
        (fact) => !accounted.has(fact) && JSON.stringify(before[fact]) !== JSON.stringify(after[fact]),
      );
      expect(
        silent
          .map((fact) => `${fact}: ${JSON.stringify(before[fact])} became ${JSON.stringify(after[fact])}`)
          .join('; '),
      ).toBe('');
    }
  });

  it.each(ROWS)('$name → $client: a stream loses what a whole answer loses', ({ client, reply }) => {
    expect(tell(client, reply, true).losses).toEqual(tell(client, reply, false).losses);
  });

  it('is the reviewed table', async () => {
    const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    const rows = Object.entries(CASES).map(([name, what]) =>
      row([name, ...FORMAT_IDS.map((client) => tell(client, replyOf(what), false).losses.join(', ') || '·')]),
    );
    const head = [row(['said', ...FORMAT_IDS]), row(['said', ...FORMAT_IDS].map(() => '---'))];
    const table = [
      '# Loss matrix of answers',
      '',
      'What an answer loses on its way to each client.',
      '',
      ...head,
      ...rows,
    ];
    await expect(`${table.join('\n')}\n`).toMatchFileSnapshot('./loss-matrix-replies.md');
  });
});
