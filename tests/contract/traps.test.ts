/**
 * Shows 4: the traps that gateways of this kind fell into (facts.md D.15) and the symptoms their users report
 * (pitfalls.md 1, translation to images), each with the test that is named after it. A trap whose test was renamed or
 * removed fails here.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Where the test of a trap stands, under `tests/`, and how its title begins or what it holds. */
type Place = readonly [file: string, title: string];

const D15: Readonly<Record<number, readonly Place[]>> = {
  1: [['integration/lanes.test.ts', 'D.15-1: a plain OpenAI body with max_tokens at the chat endpoint stays OpenAI']],
  2: [
    ['integration/lanes.test.ts', 'D.15-2, D.15-3: stream'],
    ['formats/openai-chat/decode-request.test.ts', 'D.15-2: an absent stream is false'],
    ['formats/ollama-chat/request.test.ts', 'D.15-2: stream absent means false here too'],
  ],
  3: [['integration/lanes.test.ts', 'D.15-2, D.15-3: stream']],
  4: [['integration/traps.test.ts', 'D.15-4, pitfall 7: a renamed tool']],
  5: [['formats/openai-chat/stream.test.ts', 'D.15-5: data: null and other stray frames are nothing']],
  6: [
    ['formats/openai-chat/reply.test.ts', 'D.15-6: a tool call with an empty name is filtered'],
    ['formats/openai-responses/decode-stream.test.ts', 'D.15-6: a tool call with an empty name is left out'],
    ['formats/gemini/decode-reply.test.ts', 'D.15-6: a call without a name is filtered'],
  ],
  7: [
    ['formats/anthropic-messages/encode-tools.test.ts', 'D.15-7, pitfall 8: a result without its call'],
    ['formats/openai-responses/encode-request.test.ts', 'D.15-7, pitfall 8: results without a call'],
  ],
  8: [['formats/anthropic-messages/encode-request.test.ts', 'D.15-8: blank text blocks are left out']],
  9: [['integration/lanes.test.ts', 'D.15-9: cache_control and thinking of an Anthropic body are untouched']],
  10: [['formats/anthropic-messages/stream.test.ts', 'D.15-10: input tokens of message_start are kept']],
  11: [['base/framing.test.ts', 'D.15-11: the last event counts without its trailing newline']],
  12: [
    ['formats/openai-chat/stream.test.ts', 'D.15-12: without index, told apart by id'],
    ['formats/openai-responses/decode-stream.test.ts', 'D.15-12: parallel calls are told apart by output_index'],
  ],
  13: [['formats/openai-responses/decode-stream.test.ts', 'D.15-13: a reply with a tool call finishes for it']],
  14: [
    ['formats/openai-chat/encode-request.test.ts', 'D.15-14: prompt_cache_key'],
    ['formats/openai-responses/encode-request.test.ts', 'D.15-14: prompt_cache_key is kept'],
  ],
  15: [['providers/quirks/quirks.test.ts', 'D.15-15: o-series and first GPT-5 models get no temperature']],
  16: [['providers/quirks/quirks.test.ts', 'D.15-16: ids become nine letters and digits']],
  17: [['formats/ollama-chat/files.test.ts', 'D.15-17: a file is never sent as text to a target without files']],
  18: [['integration/traps.test.ts', 'D.15-18: a host that streams though a whole answer was asked for']],
  19: [['integration/cache.test.ts', 'D.15-19: an absent stream is no stream']],
  20: [['integration/cache.test.ts', 'D.15-20: what a chat client asked answers']],
  21: [['formats/gemini/encode-schema.test.ts', 'D.15-21 and pitfall 9: schema keywords that would cost a 400']],
  23: [['contract/provider.test.ts', 'D.15-23: codex models are not asked through chat']],
  24: [['formats/anthropic-messages/reasoning.test.ts', 'D.15-24: thinking is left out when a tool is forced']],
  25: [['routing/resolve.test.ts', 'a combo wins over everything with its name (D.15-25)']],
  26: [
    ['formats/openai-chat/encode-request.test.ts', 'D.15-26: an object schema without properties gets empty ones'],
    ['formats/openai-responses/encode-request.test.ts', "D.15-26: another protocol's function says strict false"],
  ],
  27: [['providers/quirks/quirks.test.ts', 'D.15-27: store, metadata and service_tier are not sent to other hosts']],
  28: [
    ['formats/openai-chat/decode-request.test.ts', 'D.15-28: a data URL with parameters and upper-case type'],
    ['formats/openai-responses/decode-request.test.ts', 'D.15-28: a data URL with parameters or an upper-case type'],
    ['formats/anthropic-messages/decode-request.test.ts', 'D.15-28: a media type in capitals or with parameters'],
    ['formats/gemini/decode-request.test.ts', 'D.15-28: an upper-case media type with parameters'],
  ],
  29: [
    ['formats/openai-chat/encode-request.test.ts', 'D.15-29: content null with tool_calls stays null'],
    ['formats/openai-chat/reply.test.ts', 'D.15-29: content is null beside calls alone'],
  ],
  30: [['formats/openai-responses/encode-request.test.ts', 'D.15-30: all system and developer texts go along']],
};

/** Traps of parts that do not exist yet, with the part that will bring their tests. */
const LATER: Readonly<Record<number, string>> = {
  22: 'Kiro is reached with an account, not a key: its body comes with the issue about accounts.',
};

const PITFALLS: Readonly<Record<number, readonly Place[]>> = {
  1: [
    ['integration/traps.test.ts', 'pitfall 1: $name never loses a signature, though the gateway restarts'],
    ['formats/gemini/encode-request.test.ts', 'pitfall 1: the maker gets its signature back on every turn'],
  ],
  2: [
    ['contract/format.test.ts', 'pitfall 2: a request for %s never holds another maker’s'],
    ['formats/gemini/encode-request.test.ts', 'pitfall 2: another provider’s signature is dropped and declared'],
  ],
  3: [
    ['formats/anthropic-messages/encode-request.test.ts', 'pitfall 3: thoughts are never sent unsigned'],
    ['integration/lanes.test.ts', 'pitfalls 2 and 3: thoughts of another maker come back to Anthropic clients sealed'],
  ],
  4: [
    ['formats/anthropic-messages/stream.test.ts', 'pitfall 4: a duplicate message_start gives one start'],
    ['formats/anthropic-messages/stream.test.ts', 'pitfall 4: thinking inside a text block becomes a part of its own'],
  ],
  5: [['formats/openai-responses/decode-stream.test.ts', 'pitfall 5: tool arguments that come only in .done are kept']],
  6: [['formats/anthropic-messages/stream.test.ts', 'pitfall 6: a delta without its start opens the block']],
  7: [['integration/traps.test.ts', 'D.15-4, pitfall 7: a renamed tool']],
  8: [
    ['formats/openai-chat/encode-request.test.ts', 'pitfall 8: results stand after their calls in order'],
    ['formats/openai-responses/encode-request.test.ts', 'pitfall 8: results without a call and second results'],
    ['formats/anthropic-messages/encode-tools.test.ts', 'pitfall 8: an id that the API refuses is rewritten the same'],
  ],
  9: [['formats/gemini/encode-schema.test.ts', 'D.15-21 and pitfall 9: schema keywords']],
  10: [['formats/openai-chat/encode-request.test.ts', 'pitfall 10: stream_options never go out on a call without']],
  11: [['formats/openai-chat/stream.test.ts', 'pitfalls 11 and 12: role first, a finish reason always, [DONE] once']],
  12: [['formats/openai-chat/stream.test.ts', 'pitfalls 11 and 12: role first, a finish reason always, [DONE] once']],
  13: [
    ['contract/format-streams.test.ts', 'pitfall 13: that fail anywhere never look like a clean end'],
    ['integration/failures.test.ts', 'pitfall 13: a stream that dies ends with its protocol’s error'],
  ],
  14: [['integration/traps.test.ts', 'pitfall 14: %s: nothing but data reaches a strict parser']],
  15: [['base/framing.test.ts', 'gives the same frames when cut at each byte (pitfall 15']],
  16: [
    ['formats/openai-chat/reply.test.ts', 'pitfall 16: an error with status 200 is an error'],
    ['integration/failures.test.ts', 'error text with status 200 (pitfall 16)'],
  ],
  17: [['integration/traps.test.ts', 'pitfall 17: a long one, %s, reaches a slow reader whole']],
  18: [['integration/lanes.test.ts', 'pitfall 18: usage shown to clients is the upstream’s, with nothing added']],
  19: [
    ['formats/anthropic-messages/reply.test.ts', 'pitfall 19: input tokens include what the cache held'],
    ['providers/cost.test.ts', 'pitfall 19: cached and written tokens are part of the input'],
  ],
  20: [
    ['integration/failures.test.ts', 'pitfall 20: a stream whose client leaves right after the end keeps its tokens'],
    ['formats/openai-responses/observe-stream.test.ts', 'pitfall 20: response.incomplete has its usage'],
  ],
  21: [
    ['integration/lanes.test.ts', 'pitfall 21: a remote image is fetched for a target that takes only inline data'],
    ['formats/openai-chat/decode-request.test.ts', 'pitfall 21: reads every shape of an image part'],
  ],
  22: [
    ['formats/openai-chat/encode-request.test.ts', 'pitfall 22: an image in a tool result follows in a user message'],
    ['formats/gemini/encode-request.test.ts', 'pitfall 22: an image in a tool result stays an image'],
    ['formats/ollama-chat/request.test.ts', 'pitfall 22: media of a tool result follows as a user message'],
  ],
};

/** The titles a test file gives: first arguments of `it` and `describe`, and the named rows of its tables. */
function titlesOf(file: string): string[] {
  const code = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  return [...code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map(([, , title = '']) =>
    title.replaceAll("\\'", "'"),
  );
}

function isTested([file, title]: Place): boolean {
  return titlesOf(file).some((given) => given.includes(title));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_unused, index) => index + 1);

describe('every trap has its test', () => {
  it.each(numbers(30).filter((number) => LATER[number] === undefined))('D.15-%i', (number) => {
    const places = D15[number] ?? [];
    expect(places.length).toBeGreaterThan(0);
    expect(places.filter((place) => !isTested(place))).toEqual([]);
    expect(places.filter(([, title]) => !new RegExp(`D\\.15-${number}\\b`).test(title))).toEqual([]);
  });

  it.each(numbers(22))('pitfall %i', (number) => {
    const places = PITFALLS[number] ?? [];
    expect(places.length).toBeGreaterThan(0);
    expect(places.filter((place) => !isTested(place))).toEqual([]);
    expect(places.filter(([, title]) => !new RegExp(`pitfalls? [\\d, and]*\\b${number}\\b`).test(title))).toEqual([]);
  });

  it('but those of parts to come, each with its reason', () => {
    expect(Object.keys(LATER).filter((number) => D15[Number(number)] !== undefined)).toEqual([]);
    expect(Object.keys(LATER)).toEqual(['22']);
  });

  it('finds no test that is not there', () => {
    expect(isTested(['contract/traps.test.ts', ['no', 'such', 'title'].join(' ')])).toBe(false);
  });
});
