/** Chat Completions as a server has it: https://platform.openai.com/docs/api-reference/chat */
import type { ServerResponse } from 'node:http';
import { asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { type Received, sendJson, sendSse } from '../upstream.ts';
import { CALL, nextTurn, type Turn } from './upstream.ts';

/** The next turn of the conversation in the body, whole or streamed as it asks. */
export function answerChat({ body }: Received, response: ServerResponse): void {
  const last = objectsOf(body['messages']).at(-1);
  const result = last?.['role'] === 'tool' ? textOf(last) : undefined;
  const turn = nextTurn({ hasTools: objectsOf(body['tools']).length > 0, result });
  if (body['stream'] === true) {
    sendSse(response, chunksOf(turn));
    return;
  }
  const message = { role: 'assistant', content: turn.type === 'text' ? turn.text : null, ...callsOf(turn) };
  sendJson(response, {
    ...{ id: 'chatcmpl-9', object: 'chat.completion', created: 1, model: 'served-model' },
    choices: [{ index: 0, message, finish_reason: turn.type === 'call' ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 21, completion_tokens: 5, total_tokens: 26 },
  });
}

function textOf({ content }: JsonObject): string {
  return (
    asString(content) ??
    objectsOf(content)
      .map(({ text }) => asString(text) ?? '')
      .join('')
  );
}

function callsOf(turn: Turn): object {
  if (turn.type === 'text') return {};
  const call = { name: CALL.name, arguments: JSON.stringify(CALL.input) };
  return { tool_calls: [{ id: CALL.id, type: 'function', function: call }] };
}

function chunksOf(turn: Turn): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({
      ...{ id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 1, model: 'served-model' },
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}`;
  const usage = { prompt_tokens: 21, completion_tokens: 5, total_tokens: 26 };
  const head = { id: CALL.id, type: 'function', function: { name: CALL.name, arguments: '' } };
  const said =
    turn.type === 'text'
      ? [...turn.text].map((letter) => chunk({ content: letter }))
      : [
          chunk({ tool_calls: [{ index: 0, ...head }] }),
          chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
          chunk({ tool_calls: [{ index: 0, function: { arguments: '"Rome"}' } }] }),
        ];
  return [
    chunk({ role: 'assistant', content: null }),
    ...said,
    chunk({}, turn.type === 'call' ? 'tool_calls' : 'stop'),
    `data: ${JSON.stringify({ id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 1, model: 'served-model', choices: [], usage })}`,
    'data: [DONE]',
  ];
}
