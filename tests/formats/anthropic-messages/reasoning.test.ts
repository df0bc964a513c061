import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import type { EncodeTarget } from '../../../core/formats/format.ts';
import type { Part } from '../../../core/model/part.ts';
import type { ChatRequest, ReasoningOptions } from '../../../core/model/request.ts';
import { features, request, said, TARGET } from './support.ts';

type Style = EncodeTarget['reasoningStyle'];

function sent(reasoning: ReasoningOptions, style: Style, more: Partial<ChatRequest> = {}) {
  const target = style === undefined ? TARGET : { ...TARGET, reasoningStyle: style };
  const { body, losses } = anthropicMessages.encodeRequest(
    request({ maxOutputTokens: 20_000, reasoning, ...more }),
    target,
  );
  const { thinking, output_config, temperature, top_p, top_k } = body;
  const seen = { thinking, output_config, temperature, top_p, top_k };
  return {
    ...Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined)),
    lost: features(losses),
  };
}

const call: Part = { type: 'tool-call', id: 't', name: 'f', kind: 'function', input: '{}' };
const answered = [{ role: 'tool', parts: [{ type: 'tool-result', callId: 't', content: [] }] }] as const;

describe('reasoning options', () => {
  it.each<[ReasoningOptions, Style, unknown]>([
    [{ effort: 'high' }, 'effort', { output_config: { effort: 'high' }, lost: [] }],
    [{ effort: 'minimal' }, 'effort', { output_config: { effort: 'low' }, lost: ['reasoning-effort'] }],
    [{ effort: 'none' }, 'effort', { thinking: { type: 'disabled' }, lost: [] }],
    [
      { mode: 'adaptive', effort: 'max' },
      'effort',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' }, lost: [] },
    ],
    [
      { mode: 'enabled', budgetTokens: 20_000 },
      'effort',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, lost: ['reasoning-effort'] },
    ],
    [
      { effort: 'medium' },
      'budget',
      { thinking: { type: 'enabled', budget_tokens: 10_240 }, lost: ['reasoning-effort'] },
    ],
    [
      { mode: 'enabled', budgetTokens: 4_000 },
      'budget',
      { thinking: { type: 'enabled', budget_tokens: 4_000 }, lost: [] },
    ],
    [
      { budgetTokens: 100 },
      'budget',
      { thinking: { type: 'enabled', budget_tokens: 1_024 }, lost: ['reasoning-effort'] },
    ],
    [{ budgetTokens: 0 }, 'budget', { thinking: { type: 'disabled' }, lost: [] }],
    [{ mode: 'disabled' }, 'budget', { thinking: { type: 'disabled' }, lost: [] }],
    [
      { mode: 'adaptive' },
      'budget',
      { thinking: { type: 'enabled', budget_tokens: 10_240 }, lost: ['reasoning-effort'] },
    ],
    [
      { mode: 'adaptive', effort: 'low' },
      undefined,
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' }, lost: [] },
    ],
    [
      { mode: 'adaptive', summary: 'auto' },
      'effort',
      { thinking: { type: 'adaptive', display: 'summarized' }, lost: [] },
    ],
    [
      { mode: 'adaptive', summary: 'omitted' },
      'effort',
      { thinking: { type: 'adaptive', display: 'omitted' }, lost: [] },
    ],
    [{ effort: 'high', summary: 'auto' }, 'effort', { output_config: { effort: 'high' }, lost: ['reasoning-options'] }],
  ])('%j as %s', (reasoning, style, expected) => {
    expect(sent(reasoning, style)).toEqual(expected);
  });

  it('pitfall 7.6: a budget equal to max_tokens is capped, and max_tokens is never raised', () => {
    const { body, losses } = anthropicMessages.encodeRequest(
      request({ maxOutputTokens: 8_000, reasoning: { mode: 'enabled', budgetTokens: 8_000 } }),
      TARGET,
    );
    expect(body).toMatchObject({ max_tokens: 8_000, thinking: { type: 'enabled', budget_tokens: 7_999 } });
    expect(features(losses)).toEqual(['reasoning-effort']);
  });

  it('leaves thinking out where the answer cannot hold the smallest budget', () => {
    expect(sent({ budgetTokens: 2_000 }, 'budget', { maxOutputTokens: 1_024 })).toEqual({ lost: ['reasoning-effort'] });
  });

  it('leaves sampling out that thinking forbids', () => {
    const sampling = { temperature: 0.2, topP: 0.5, topK: 5 };
    expect(sent({ budgetTokens: 2_000 }, 'budget', { sampling })).toEqual({
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      lost: ['temperature', 'top-p', 'top-k'],
    });
    expect(sent({ budgetTokens: 2_000 }, 'budget', { sampling: { temperature: 1, topP: 0.95 } })).toMatchObject({
      temperature: 1,
      top_p: 0.95,
      lost: [],
    });
    expect(sent({ mode: 'disabled' }, 'budget', { sampling })).toMatchObject({
      temperature: 0.2,
      top_p: 0.5,
      top_k: 5,
    });
  });

  it('D.15-24: thinking is left out when a tool is forced', () => {
    const tools = [{ type: 'function', name: 'f' }] as const;
    for (const toolChoice of [{ type: 'required' }, { type: 'tool', name: 'f' }] as const) {
      expect(sent({ budgetTokens: 2_000 }, 'budget', { tools, toolChoice, sampling: { temperature: 0.3 } })).toEqual({
        temperature: 0.3,
        lost: ['reasoning-effort'],
      });
    }
    expect(sent({ budgetTokens: 2_000 }, 'budget', { tools, toolChoice: { type: 'auto' } })).toHaveProperty('thinking');
    expect(sent({ mode: 'adaptive', effort: 'high' }, 'effort', { tools, toolChoice: { type: 'required' } })).toEqual({
      output_config: { effort: 'high' },
      lost: ['reasoning-effort'],
    });
  });

  it('leaves thinking out while tool calls without signed thoughts are being answered', () => {
    const messages = [said('user', 'x'), { role: 'assistant', parts: [call] }, ...answered] as const;
    expect(sent({ budgetTokens: 2_000 }, 'budget', { messages })).toEqual({ lost: ['reasoning-effort'] });
    const thought: Part = {
      type: 'reasoning',
      text: 't',
      form: 'full',
      ext: { origin: 'anthropic-messages', data: { signature: 's' } },
    };
    const signed = [said('user', 'x'), { role: 'assistant', parts: [thought, call] }, ...answered] as const;
    expect(sent({ budgetTokens: 2_000 }, 'budget', { messages: signed })).toHaveProperty('thinking');
    const over = [...messages, said('assistant', 'done'), said('user', 'next')];
    expect(sent({ budgetTokens: 2_000 }, 'budget', { messages: over })).toHaveProperty('thinking');
    expect(sent({ mode: 'adaptive' }, 'effort', { messages })).toHaveProperty('thinking');
  });
});
