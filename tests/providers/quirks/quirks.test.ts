import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import type { Quirk } from '../../../core/providers/provider.ts';
import { mistralToolIds } from '../../../core/providers/quirks/mistral-tool-ids.ts';
import {
  developerAsSystem,
  reasoningAsReasoning,
  renamedField,
  withoutEmptyTools,
  withoutMessageFields,
  withoutPlatformFields,
  withoutToolFields,
} from '../../../core/providers/quirks/openai-only-fields.ts';
import {
  claudeFixedSampling,
  openaiFixedSampling,
  openaiSamplingWithEffort,
} from '../../../core/providers/quirks/sampling.ts';
import { maxCompletionTokens, maxTokens } from '../../../core/providers/quirks/token-limit-name.ts';

const WHY = 'https://vendor.test/docs';
function change(quirk: Quirk, body: JsonObject): JsonObject {
  const before = JSON.stringify(body);
  const after = quirk.request?.(body) ?? {};
  expect(JSON.stringify(body), 'the body that came in is not changed').toBe(before);
  return after;
}
function untouched(quirk: Quirk, body: JsonObject): void {
  expect(quirk.request?.(body)).toBe(body);
}
const user = { role: 'user', content: 'hi' };

describe('mistral-tool-ids', () => {
  const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
  const history = (id: string): JsonObject => ({
    model: 'mistral-large-latest',
    messages: [
      user,
      { role: 'assistant', content: null, tool_calls: [call(id)] },
      { role: 'tool', tool_call_id: id, content: '1' },
    ],
  });
  const idsOf = (body: JsonObject): string[] =>
    [...JSON.stringify(body).matchAll(/"(?:id|tool_call_id)":"([^"]*)"/g)].map(([, id = '']) => id);

  it('D.15-16: ids become nine letters and digits, the same for a call and its result', () => {
    const [callId, resultId] = idsOf(change(mistralToolIds, history('call_Zm9vYmFyMTIzNDU2Nzg5')));
    expect(callId).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(resultId).toBe(callId);
  });

  it('gives the same id in every request, and different ones to different calls', () => {
    const first = idsOf(change(mistralToolIds, history('toolu_1')));
    expect(idsOf(change(mistralToolIds, history('toolu_1')))).toEqual(first);
    expect(idsOf(change(mistralToolIds, history('toolu_2')))).not.toEqual(first);
  });

  it('keeps content null and the arguments as they are', () => {
    const { messages } = change(mistralToolIds, history('call_1'));
    expect(messages).toMatchObject([
      user,
      { content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
      {},
    ]);
  });

  it('leaves ids that fit, bodies without calls and odd shapes alone', () => {
    untouched(mistralToolIds, history('a1B2c3D4e'));
    untouched(mistralToolIds, { messages: [user] });
    untouched(mistralToolIds, { messages: 'x' });
    untouched(mistralToolIds, { messages: [{ role: 'assistant', tool_calls: ['x', { type: 'function' }] }] });
  });
});

describe('the name of the token limit', () => {
  it('is max_completion_tokens for reasoning models of OpenAI', () => {
    expect(change(maxCompletionTokens, { model: 'o3', max_tokens: 5, messages: [user] })).toEqual({
      model: 'o3',
      max_completion_tokens: 5,
      messages: [user],
    });
    expect(change(maxCompletionTokens, { max_tokens: 5, max_completion_tokens: 7 })).toEqual({
      max_completion_tokens: 7,
    });
    untouched(maxCompletionTokens, { messages: [user] });
    expect(maxCompletionTokens.models).not.toContain('gpt-4o*');
  });

  it('is max_tokens at hosts that know no other', () => {
    expect(change(maxTokens(WHY), { max_completion_tokens: 5, stream: true })).toEqual({ max_tokens: 5, stream: true });
    untouched(maxTokens(WHY), { max_tokens: 5 });
  });
});

describe('sampling', () => {
  const sampling = { temperature: 0.2, top_p: 0.9, presence_penalty: 1, frequency_penalty: 1 };

  it('D.15-15: o-series and first GPT-5 models get no temperature, top_p or penalties', () => {
    expect(change(openaiFixedSampling, { model: 'o3', ...sampling, seed: 1 })).toEqual({ model: 'o3', seed: 1 });
    untouched(openaiFixedSampling, { model: 'o3', seed: 1 });
  });

  it('from GPT-5.1 on temperature and top_p go only when an effort is asked for, and nothing undocumented goes', () => {
    const penalties = { presence_penalty: 1, frequency_penalty: 1 };
    expect(change(openaiSamplingWithEffort, { reasoning_effort: 'high', ...sampling })).toEqual({
      reasoning_effort: 'high',
      ...penalties,
    });
    expect(change(openaiSamplingWithEffort, { reasoning: { effort: 'low' }, ...sampling })).toEqual({
      reasoning: { effort: 'low' },
      ...penalties,
    });
    untouched(openaiSamplingWithEffort, { reasoning_effort: 'none', ...sampling });
    untouched(openaiSamplingWithEffort, { reasoning: { summary: 'auto' }, ...sampling });
    untouched(openaiSamplingWithEffort, { ...sampling });
  });

  it('Claude models from Opus 4.7 on get none', () => {
    expect(
      change(claudeFixedSampling, { model: 'claude-opus-4-7', temperature: 0, top_p: 1, top_k: 5, max_tokens: 9 }),
    ).toEqual({
      model: 'claude-opus-4-7',
      max_tokens: 9,
    });
    untouched(claudeFixedSampling, { max_tokens: 9 });
  });
});

describe('fields that only OpenAI knows', () => {
  it('D.15-27: store, metadata and service_tier are not sent to other hosts', () => {
    const body = { model: 'm', store: false, metadata: { a: 'b' }, service_tier: 'auto', user: 'u', messages: [user] };
    const all = withoutPlatformFields(WHY, ['store', 'metadata', 'service_tier']);
    expect(change(all, body)).toEqual({ model: 'm', user: 'u', messages: [user] });
    expect(change(withoutPlatformFields(WHY, ['store']), { store: true, service_tier: 'flex' })).toEqual({
      service_tier: 'flex',
    });
    untouched(all, { model: 'm' });
  });

  it('the developer role becomes system, at its place', () => {
    const messages = [user, { role: 'developer', content: 'be brief' }, user];
    expect(change(developerAsSystem(WHY), { messages })).toEqual({
      messages: [user, { role: 'system', content: 'be brief' }, user],
    });
    untouched(developerAsSystem(WHY), { messages: [user] });
    untouched(developerAsSystem(WHY), {});
  });

  it('members of messages that a host refuses are left out', () => {
    const messages = [
      { role: 'user', name: 'ann', content: 'hi' },
      { role: 'assistant', content: 'ho', reasoning_content: 'hm' },
    ];
    expect(change(withoutMessageFields(WHY, ['name', 'reasoning_content']), { messages })).toEqual({
      messages: [user, { role: 'assistant', content: 'ho' }],
    });
    untouched(withoutMessageFields(WHY, ['name']), { messages: [user] });
  });

  it('an empty list of tools is no list', () => {
    expect(change(withoutEmptyTools(WHY), { tools: [], tool_choice: 'auto', stream: true })).toEqual({ stream: true });
    untouched(withoutEmptyTools(WHY), { tools: [{ type: 'function' }], tool_choice: 'auto' });
    untouched(withoutEmptyTools(WHY), { stream: true });
  });

  it('thoughts go under the name that the host knows', () => {
    const messages = [user, { role: 'assistant', reasoning_content: 'hm', content: 'ho' }];
    const quirk = reasoningAsReasoning(WHY, ['m']);
    expect(change(quirk, { messages })).toEqual({
      messages: [user, { role: 'assistant', reasoning: 'hm', content: 'ho' }],
    });
    untouched(quirk, { messages: [{ role: 'assistant', reasoning: 'hm', content: 'ho' }] });
    expect(quirk.models).toEqual(['m']);
    expect(reasoningAsReasoning(WHY)).not.toHaveProperty('models');
  });

  it('a field goes under the name that the host knows', () => {
    expect(change(renamedField(WHY, 'seed', 'random_seed'), { seed: 7, n: 1 })).toEqual({ random_seed: 7, n: 1 });
    untouched(renamedField(WHY, 'seed', 'random_seed'), { random_seed: 7 });
  });

  it('members of tools that a host of Messages refuses are left out, the tools stay', () => {
    const quirk = withoutToolFields(WHY, ['cache_control', 'eager_input_streaming']);
    const tool = { name: 'f', input_schema: { type: 'object' } };
    const marked = { ...tool, cache_control: { type: 'ephemeral' }, eager_input_streaming: true };
    expect(change(quirk, { tools: [tool, marked], system: [{ type: 'text', cache_control: {} }] })).toEqual({
      tools: [tool, tool],
      system: [{ type: 'text', cache_control: {} }],
    });
    untouched(quirk, { tools: [tool] });
    untouched(quirk, { tools: 'x' });
    untouched(quirk, { messages: [] });
  });
});

describe('what a quirk needs', () => {
  const needed = (quirk: Quirk, body: JsonObject): boolean => {
    const text = JSON.stringify(body);
    return (
      (quirk.needs ?? Object.keys(body)).some((name) => Object.hasOwn(body, name)) &&
      (quirk.needsText ?? ['']).some((part) => text.includes(part))
    );
  };
  const history = { messages: [{ role: 'assistant', content: null, tool_calls: [{ id: 'call_1' }] }] };
  const changed: [Quirk, JsonObject][] = [
    [mistralToolIds, history],
    [mistralToolIds, { messages: [{ role: 'tool', tool_call_id: 'call_1', content: '1' }] }],
    [maxCompletionTokens, { max_tokens: 1 }],
    [maxTokens(WHY), { max_completion_tokens: 1 }],
    [openaiFixedSampling, { presence_penalty: 1 }],
    [openaiSamplingWithEffort, { top_p: 0.5, reasoning: { effort: 'low' } }],
    [claudeFixedSampling, { top_k: 1 }],
    [withoutPlatformFields(WHY, ['store', 'metadata']), { metadata: {} }],
    [developerAsSystem(WHY), { messages: [{ role: 'developer', content: 'x' }] }],
    [withoutMessageFields(WHY, ['refusal']), { messages: [{ role: 'assistant', refusal: null }] }],
    [reasoningAsReasoning(WHY), { messages: [{ role: 'assistant', reasoning_content: 'x' }] }],
    [renamedField(WHY, 'seed', 'random_seed'), { seed: 1 }],
    [withoutEmptyTools(WHY), { tools: [] }],
    [withoutToolFields(WHY, ['cache_control']), { tools: [{ name: 'f', cache_control: null }] }],
  ];

  it.each(changed.map(([quirk, body]) => [quirk.name, quirk, body] as const))(
    '%s is never skipped for a body that it changes',
    (_name, quirk, body) => {
      expect(change(quirk, body)).not.toEqual(body);
      expect(needed(quirk, body)).toBe(true);
      expect(needed(quirk, { model: 'm', messages: [user], stream: true })).toBe(false);
    },
  );
});
