/** Messages as a server has it: https://docs.anthropic.com/en/api/messages */
import type { ServerResponse } from 'node:http';
import { asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { namedEvent, type Received, sendJson, sendSse } from '../upstream.ts';
import { nextTurn, piecesOf, sinceAnswer, type Turn } from './upstream.ts';

export function answerMessages({ body }: Received, response: ServerResponse): void {
  const blocks = sinceAnswer(objectsOf(body['messages'])).flatMap(({ content }) => objectsOf(content));
  const told = blocks.find(({ type }) => type === 'tool_result');
  const tools = objectsOf(body['tools']).map(({ name }) => name ?? null);
  const turn = nextTurn({ tools, result: told && resultText(told) });
  if (body['stream'] === true) {
    sendSse(response, eventsOf(turn));
    return;
  }
  sendJson(response, {
    ...{ id: 'msg_9', type: 'message', role: 'assistant', model: 'served-model' },
    content: [turn.type === 'text' ? { type: 'text', text: turn.text } : { type: 'tool_use', ...turn.call }],
    ...{ stop_reason: turn.type === 'call' ? 'tool_use' : 'end_turn', stop_sequence: null },
    usage: { input_tokens: 21, output_tokens: 5 },
  });
}

function resultText({ content }: JsonObject): string {
  return (
    asString(content) ??
    objectsOf(content)
      .map(({ text }) => asString(text) ?? '')
      .join('')
  );
}

function eventsOf(turn: Turn): string[] {
  const block = turn.type === 'text' ? { type: 'text', text: '' } : { type: 'tool_use', ...turn.call, input: {} };
  const deltas =
    turn.type === 'text'
      ? [
          { type: 'text_delta', text: turn.text.slice(0, 3) },
          { type: 'text_delta', text: turn.text.slice(3) },
        ]
      : piecesOf(turn.call).map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
  const message = {
    ...{ id: 'msg_9', type: 'message', role: 'assistant', model: 'served-model', content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 21, output_tokens: 1 } },
  };
  return [
    namedEvent('message_start', { message }),
    namedEvent('content_block_start', { index: 0, content_block: block }),
    ...deltas.map((delta) => namedEvent('content_block_delta', { index: 0, delta })),
    namedEvent('content_block_stop', { index: 0 }),
    namedEvent('message_delta', {
      delta: { stop_reason: turn.type === 'call' ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: 5 },
    }),
    namedEvent('message_stop', {}),
  ];
}
