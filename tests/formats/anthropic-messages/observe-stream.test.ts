import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import { blockDelta, blockStart, blockStop, frames, messageDelta, STOP, start } from './support.ts';

const words = ['Hello', ', wor', 'ld "quoted" \\"usage\\" and error'];
const stream = frames(
  start(),
  blockStart(0, { type: 'text', text: '' }),
  { type: 'ping' },
  ...words.map((text) => blockDelta(0, { type: 'text_delta', text })),
  blockStop(0),
  messageDelta('end_turn', { output_tokens: 9 }),
  STOP,
);

describe('observeStream', () => {
  it('tells what each frame means', () => {
    const observer = anthropicMessages.observeStream();
    expect(stream.map((frame) => observer.push(frame))).toEqual([
      'prelude',
      'prelude',
      'prelude',
      'content',
      'content',
      'content',
      'prelude',
      'prelude',
      'end',
    ]);
    const summary = observer.summary();
    expect(summary).toMatchObject({ ended: true, model: 'claude-x', usage: { inputTokens: 7, outputTokens: 9 } });
    const exact = words.join('').length;
    expect(summary.contentLength).toBeGreaterThanOrEqual(exact);
    expect(summary.contentLength).toBeLessThan(exact + 20);
  });

  it('works without event names', () => {
    const observer = anthropicMessages.observeStream();
    for (const { data } of stream) observer.push({ data });
    expect(observer.summary()).toMatchObject({ ended: true, usage: { outputTokens: 9 } });
  });

  it('does not parse frames of content once one was measured', () => {
    const observer = anthropicMessages.observeStream();
    for (const frame of stream.slice(0, 4)) observer.push(frame);
    expect(observer.push({ event: 'content_block_delta', data: 'this is no JSON at all' })).toBe('content');
  });

  it('pitfall 13: a stream that was cut has not ended', () => {
    const observer = anthropicMessages.observeStream();
    for (const frame of stream.slice(0, 5)) observer.push(frame);
    expect(observer.summary().ended).toBe(false);
  });

  it('pitfall 20: a client that leaves after message_delta leaves a finished stream', () => {
    const observer = anthropicMessages.observeStream();
    for (const frame of stream.slice(0, -1)) observer.push(frame);
    expect(observer.summary()).toMatchObject({ ended: true, usage: { outputTokens: 9 } });
  });

  it('sees an error, also after content', () => {
    const observer = anthropicMessages.observeStream();
    for (const frame of stream.slice(0, 5)) observer.push(frame);
    const [error] = frames({ type: 'error', error: { type: 'api_error', message: 'died' } });
    expect(error && observer.push(error)).toBe('error');
    expect(observer.summary()).toMatchObject({ ended: false, error: { type: 'api_error', message: 'died' } });
  });

  it('a tool call, thoughts and items of the provider are content', () => {
    for (const block of [
      { type: 'tool_use', id: 't', name: 'f', input: {} },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'fallback' },
    ]) {
      const observer = anthropicMessages.observeStream();
      expect(frames(start(), blockStart(0, block)).map((frame) => observer.push(frame))).toEqual([
        'prelude',
        'content',
      ]);
    }
  });
});
