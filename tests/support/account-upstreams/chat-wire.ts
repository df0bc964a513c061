/** Chat Completions as a server has it: https://platform.openai.com/docs/api-reference/chat */
import type { ServerResponse } from 'node:http';
import { asObject, asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { type Received, sendJson, sendSse } from '../upstream.ts';
import { type ModelCall, nextTurn, piecesOf, sinceAnswer, type Turn } from './upstream.ts';

/** The next turn of the conversation in the body, whole or streamed as it asks. */
export function answerChat({ body }: Received, response: ServerResponse): void {
  const told = sinceAnswer(objectsOf(body['messages'])).find(({ role }) => role === 'tool');
  const tools = objectsOf(body['tools']).map((tool) => asObject(tool['function'])?.['name'] ?? null);
  const turn = nextTurn({ tools, result: told && textOf(told) });
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
  const call = { name: turn.call.name, arguments: JSON.stringify(turn.call.input) };
  return { tool_calls: [{ id: turn.call.id, type: 'function', function: call }] };
}

function chunksOf(turn: Turn): string[] {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({
      ...{ id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 1, model: 'served-model' },
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}`;
  const usage = { prompt_tokens: 21, completion_tokens: 5, total_tokens: 26 };
  const head = ({ id, name }: ModelCall) => ({ id, type: 'function', function: { name, arguments: '' } });
  const said =
    turn.type === 'text'
      ? [...turn.text].map((letter) => chunk({ content: letter }))
      : [
          chunk({ tool_calls: [{ index: 0, ...head(turn.call) }] }),
          ...piecesOf(turn.call).map((piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
        ];
  return [
    chunk({ role: 'assistant', content: null }),
    ...said,
    chunk({}, turn.type === 'call' ? 'tool_calls' : 'stop'),
    `data: ${JSON.stringify({ id: 'chatcmpl-9', object: 'chat.completion.chunk', created: 1, model: 'served-model', choices: [], usage })}`,
    'data: [DONE]',
  ];
}
