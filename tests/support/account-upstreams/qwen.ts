/** The chat host of a Qwen account (QwenLM/qwen-code, its dashscope provider; facts.md A.4). */
import { isObject, objectsOf } from '../../../core/base/json.ts';
import { sendJson } from '../upstream.ts';
import { answerChat } from './chat-wire.ts';
import { type AccountUpstream, absentRules, type GoodTokens, headerRules, startService } from './upstream.ts';

export function startQwen(tokens: GoodTokens): Promise<AccountUpstream> {
  return startService({
    tokens,
    rules: (received) => {
      const { body } = received;
      const thinks = body['enable_thinking'] === true || body['reasoning_effort'] !== undefined;
      const [first] = objectsOf(body['messages']);
      return [
        ['The path is wrong.', received.path === '/v1/chat/completions'],
        ...headerRules(received, { 'x-dashscope-authtype': 'qwen-oauth', 'x-dashscope-cachecontrol': 'enable' }),
        ...absentRules(received, ['user-agent', 'x-dashscope-useragent']),
        ['[] is too short - tools', body['tools'] === undefined || objectsOf(body['tools']).length > 0],
        [
          'tool_choice must be auto in thinking mode',
          !thinks || [undefined, 'auto', 'none'].includes(body['tool_choice'] as string),
        ],
        ['stream_options only with stream', body['stream'] === true || body['stream_options'] === undefined],
        [
          'The system text is not marked for the cache.',
          first?.['role'] === 'system' && objectsOf(first['content']).some((part) => isObject(part['cache_control'])),
        ],
      ];
    },
    refuse: (response, status, message) =>
      sendJson(
        response,
        { error: { message, type: status === 401 ? 'invalid_access_token' : 'invalid_request_error' } },
        status,
      ),
    answer: answerChat,
  });
}
