import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../core/base/framing.ts';
import { readFrames } from '../../../core/base/framing.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import { recordedMissing, recordings } from '../../support/recorded.ts';
import { chunk, DONE, decode, STOP } from './support.ts';

function observe(frames: readonly Frame[]) {
  const observer = openaiChat.observeStream();
  const meanings = frames.map((frame) => observer.push(frame));
  return { meanings, summary: observer.summary() };
}

const streams = recordings().flatMap(({ name, format, content }) =>
  format === 'openai-chat' && content.type === 'stream' ? [{ name, bytes: content.bytes }] : [],
);

describe('a passing stream', () => {
  it('tells what each frame means', () => {
    const frames = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b' }),
      STOP,
      DONE,
    ];
    const { meanings, summary } = observe(frames);
    expect(meanings).toEqual(['prelude', 'content', 'content', 'content', 'end']);
    expect(summary).toEqual({ ended: true, model: 'm', contentLength: 2 });
  });

  it('a call, a thought and a refusal are content', () => {
    for (const delta of [
      { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] },
      { reasoning_content: 'r' },
      { reasoning: 'r' },
      { refusal: 'no' },
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'r' }] }] },
    ]) {
      expect(observe([chunk(delta)]).meanings).toEqual(['content']);
    }
  });

  it('is not fooled by what the model writes', () => {
    const text =
      '"usage": {"prompt_tokens": 9, "completion_tokens": 9}, "finish_reason": "stop", "error": {"message": "x"}';
    expect(observe([chunk({ content: 'a' }), chunk({ content: text })]).summary).toMatchObject({ ended: false });
    expect(observe([chunk({ content: 'a' }), chunk({ content: text })]).summary.usage).toBeUndefined();
  });

  it('sees an error before and after content, and a cut', () => {
    const error = { data: '{"error":{"message":"x","type":"overloaded_error"}}' };
    expect(observe([error]).meanings).toEqual(['error']);
    expect(observe([chunk({ content: 'a' }), error]).summary).toMatchObject({ ended: false, error: { message: 'x' } });
    expect(observe([chunk({ content: 'a' }), DONE]).summary.ended).toBe(false);
    expect(observe([chunk({ content: 'a' }), chunk({ content: 'b' }, { index: 1 }), STOP]).summary.ended).toBe(false);
  });
});

describe.skipIf(recordedMissing !== undefined)(
  `recorded streams${recordedMissing ? ` (${recordedMissing})` : ''}`,
  () => {
    it.each(streams)('$name: the observer agrees with the decoder', ({ bytes }) => {
      const reader = readFrames('sse');
      const frames = [...reader.push(bytes), ...reader.end()];
      const events = decode(frames);
      const last = events.at(-1);
      const { meanings, summary } = observe(frames);
      expect(last?.type).toBe('finish');
      expect(summary.ended).toBe(true);
      expect(summary.usage).toEqual(last?.type === 'finish' ? last.usage : undefined);
      expect(meanings.at(-1)).toBe('end');
      const start = events.find((event) => event.type === 'start');
      expect(summary.model).toBe(start?.model);
      const length = events.reduce((sum, event) => sum + (event.type === 'part-delta' ? event.text.length : 0), 0);
      expect(summary.contentLength).toBeGreaterThan(length * 0.5);
      expect(summary.contentLength).toBeLessThan(length * 3 + 100);
    });
  },
);
