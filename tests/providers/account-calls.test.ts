/** What logins change in calls: hosts from tokens, regions, signatures, who began a turn. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { Secret } from '../../core/base/secret.ts';
import type { CallFacts } from '../../core/providers/account-call.ts';
import { findProvider } from '../../core/providers/table.ts';
import { apiHostOf } from '../../core/upstream/address.ts';

function hostOf(id: string, data: JsonObject): string | undefined {
  const provider = findProvider(id);
  const account = { id: 'a', provider: id, name: 'a', priority: 1, isActive: true, data };
  return provider && apiHostOf({ provider, account });
}

function headersOf(id: string, body: JsonObject, more: Partial<CallFacts> = {}): Readonly<Record<string, string>> {
  const facts: CallFacts = {
    ...{ data: {}, format: 'openai-chat', model: 'm', stream: false, callId: 'c-1', nowMs: 1_764_064_800_000 },
    body: () => body,
    ...more,
  };
  return findProvider(id)?.accountCall?.headers?.(facts) ?? {};
}

describe('the host of a Qwen account', () => {
  it.each([
    ['portal.qwen.ai', 'https://portal.qwen.ai'],
    ['https://portal.qwen.ai/', 'https://portal.qwen.ai'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'https://dashscope-intl.aliyuncs.com/compatible-mode'],
    ['portal.qwen.ai/v1/', 'https://portal.qwen.ai'],
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://portal.qwen.ai', 'https://portal.qwen.ai'],
    ['http://127.0.0.1.evil.example', 'https://127.0.0.1.evil.example'],
  ])('%s is %s', (told, host) => {
    expect(hostOf('qwen', { resourceUrl: told })).toBe(host);
  });

  it.each(['', '  ', 'http://', 'https://user:pass@portal.qwen.ai', 'a b'])(
    'is the row’s where "%s" was told',
    (told) => {
      expect(hostOf('qwen', { resourceUrl: told })).toBe('https://portal.qwen.ai');
    },
  );
});

it.each([
  [{}, 'us-east-1'],
  [{ region: 'eu-central-1' }, 'eu-central-1'],
  [{ region: 'evil.example/' }, 'us-east-1'],
  [{ region: 7 }, 'us-east-1'],
])('a Kiro account of %j is asked in %s', (data, region) => {
  expect(hostOf('kiro', data)).toBe(`https://codewhisperer.${region}.amazonaws.com`);
});

it('iFlow’s signature is over user agent, session and time, with the key', () => {
  const headers = headersOf('iflow', {}, { key: new Secret('sk-1') });
  const signed = 'iFlow-Cli:session-c-1:1764064800000';
  expect(headers).toEqual({
    'user-agent': 'iFlow-Cli',
    'session-id': 'session-c-1',
    'x-iflow-timestamp': '1764064800000',
    'x-iflow-signature': createHmac('sha256', 'sk-1').update(signed).digest('hex'),
  });
});

describe('who began a turn of Copilot’s', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
  it.each<[string, JsonObject, string, string | undefined]>([
    ['a question', { messages: [{ role: 'user', content: 'Hi' }] }, 'user', undefined],
    [
      'a tool’s result',
      {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'tool', content: 'x' },
        ],
      },
      'agent',
      undefined,
    ],
    ['a result in Messages', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'agent', undefined],
    [
      'a result and a word',
      { messages: [{ role: 'user', content: [{ type: 'tool_result' }, { type: 'text' }] }] },
      'user',
      undefined,
    ],
    ['a bare string', { input: 'Hi' }, 'user', undefined],
    ['an item', { input: [{ role: 'user', content: 'Hi' }] }, 'user', undefined],
    ['an output', { input: [{ type: 'function_call_output', output: 'x' }] }, 'agent', undefined],
    ['an image', { messages: [{ role: 'user', content: [image] }] }, 'user', 'true'],
    [
      'an image earlier',
      {
        messages: [
          { role: 'user', content: [image] },
          { role: 'assistant', content: 'Nice' },
        ],
      },
      'agent',
      'true',
    ],
    [
      'an image in an output',
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image' }] }] },
      'agent',
      'true',
    ],
    ['nothing', {}, 'agent', undefined],
  ])('%s', (_what, body, initiator, vision) => {
    const headers = headersOf('github', body);
    expect([headers['x-initiator'], headers['copilot-vision-request']]).toEqual([initiator, vision]);
  });
});
