import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import { chunk } from './support.ts';

describe('gemini observer', () => {
  it('tells prelude, content, end and error, and is not fooled by the text', () => {
    const observer = gemini.observeStream();
    const say = (value: JsonValue): string => observer.push({ data: JSON.stringify(value) });
    expect(say({ ...chunk([{ text: '' }]), usageMetadata: { promptTokenCount: 4 } })).toBe('prelude');
    expect(say(chunk([{ text: 'hello' }]))).toBe('content');
    expect(say(chunk([{ text: '{"finishReason":"STOP","error":{"message":"x"},"promptTokenCount":99}' }]))).toBe(
      'content',
    );
    expect(observer.summary()).toMatchObject({ ended: false, usage: { inputTokens: 4 } });
    expect(say(chunk([], { finishReason: 'STOP' }))).toBe('end');
    expect(observer.summary().ended).toBe(true);
    expect(observer.push({ data: 'no json' })).toBe('content');
    const failed = gemini.observeStream();
    expect(failed.push({ data: '{"error":{"message":"no","status":"UNAVAILABLE"}}' })).toBe('error');
    expect(failed.summary()).toMatchObject({ ended: false, error: { message: 'no', type: 'UNAVAILABLE' } });
  });
});
