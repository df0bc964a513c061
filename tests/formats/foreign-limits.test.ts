/** Numbers that one protocol takes and another refuses: the fewest tokens, the most stop sequences. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FormatId } from '../../core/model/format-id.ts';

const TARGET = { model: 'upstream-model', issuer: 'maker' };
const MESSAGES = [{ role: 'user', content: 'hi' }];

function translated(from: FormatId, body: JsonObject, to: FormatId) {
  const { body: sent, losses } = FORMATS[to].encodeRequest(
    FORMATS[from].decodeRequest({ model: 'm', ...body }),
    TARGET,
  );
  return { sent, lost: losses.map(({ feature }) => feature) };
}

describe('a Responses host takes no limit below 16 tokens', () => {
  it.each([1, 15])('so that %i, by which clients try a model, becomes 16', (max_tokens) => {
    const { sent, lost } = translated('anthropic-messages', { max_tokens, messages: MESSAGES }, 'openai-responses');
    expect(sent).toMatchObject({ max_output_tokens: 16 });
    expect(lost).toEqual(['max-output-tokens']);
  });

  it('a larger one stays, and so does whatever a client of the protocol itself asks for', () => {
    const larger = translated('anthropic-messages', { max_tokens: 17, messages: MESSAGES }, 'openai-responses');
    expect(larger).toMatchObject({ sent: { max_output_tokens: 17 }, lost: [] });
    const own = translated('openai-responses', { max_output_tokens: 1, input: 'hi' }, 'openai-responses');
    expect(own).toMatchObject({ sent: { max_output_tokens: 1 }, lost: [] });
  });
});

describe('stop sequences', () => {
  const asked = { max_tokens: 99, messages: MESSAGES, stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] };

  it('of more than four are too many for chat hosts', () => {
    const { sent, lost } = translated('anthropic-messages', asked, 'openai-chat');
    expect(sent).toMatchObject({ stop: ['a', 'b', 'c', 'd'] });
    expect(lost).toEqual(['stop']);
  });

  it('of more than five are too many for Gemini', () => {
    const { sent, lost } = translated('anthropic-messages', asked, 'gemini');
    expect(sent).toMatchObject({ generationConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e'] } });
    expect(lost).toEqual(['stop']);
  });

  it('of none are no list', () => {
    expect(translated('anthropic-messages', { ...asked, stop_sequences: [] }, 'openai-chat').sent).not.toHaveProperty(
      'stop',
    );
  });

  it('of a chat client go to a chat host as they are', () => {
    const own = { messages: MESSAGES, stop: asked.stop_sequences };
    expect(translated('openai-chat', own, 'openai-chat').sent).toMatchObject({ stop: asked.stop_sequences });
  });
});
