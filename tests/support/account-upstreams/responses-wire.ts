/** Responses as a server has it: https://platform.openai.com/docs/api-reference/responses-streaming */
import type { ServerResponse } from 'node:http';
import { asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { namedEvent, type Received, sendJson, sendSse } from '../upstream.ts';
import { CALL, nextTurn, type Turn } from './upstream.ts';

export function answerResponses({ body }: Received, response: ServerResponse): void {
  const last = objectsOf(body['input']).at(-1);
  const result = last?.['type'] === 'function_call_output' ? outputText(last) : undefined;
  const turn = nextTurn({ hasTools: objectsOf(body['tools']).length > 0, result });
  if (body['stream'] === true) {
    sendSse(response, eventsOf(turn));
    return;
  }
  sendJson(response, responseOf('completed', [itemOf(turn)]));
}

function outputText({ output }: JsonObject): string {
  return (
    asString(output) ??
    objectsOf(output)
      .map(({ text }) => asString(text) ?? '')
      .join('')
  );
}

function responseOf(status: string, output: readonly object[]): object {
  const usage = { input_tokens: 21, output_tokens: 5, total_tokens: 26 };
  return {
    ...{ id: 'resp_9', object: 'response', created_at: 1, status, model: 'served-model', output },
    ...(status === 'completed' && { usage }),
  };
}

function itemOf(turn: Turn): object {
  if (turn.type === 'text') {
    const content = [{ type: 'output_text', text: turn.text, annotations: [] }];
    return { type: 'message', id: 'msg_9', role: 'assistant', status: 'completed', content };
  }
  const { id, name, input } = CALL;
  return {
    type: 'function_call',
    id: 'fc_9',
    call_id: id,
    name,
    arguments: JSON.stringify(input),
    status: 'completed',
  };
}

function eventsOf(turn: Turn): string[] {
  const item = itemOf(turn);
  const place = { output_index: 0, item_id: turn.type === 'text' ? 'msg_9' : 'fc_9' };
  const part = { type: 'output_text', text: '', annotations: [] };
  const said =
    turn.type === 'text'
      ? [
          ['response.content_part.added', { ...place, content_index: 0, part }],
          ['response.output_text.delta', { ...place, content_index: 0, delta: turn.text.slice(0, 3) }],
          ['response.output_text.delta', { ...place, content_index: 0, delta: turn.text.slice(3) }],
          ['response.output_text.done', { ...place, content_index: 0, text: turn.text }],
          ['response.content_part.done', { ...place, content_index: 0, part: { ...part, text: turn.text } }],
        ]
      : [
          ['response.function_call_arguments.delta', { ...place, delta: '{"city":' }],
          ['response.function_call_arguments.delta', { ...place, delta: '"Rome"}' }],
          ['response.function_call_arguments.done', { ...place, arguments: JSON.stringify(CALL.input) }],
        ];
  const opened = { ...item, status: 'in_progress', ...(turn.type === 'text' ? { content: [] } : { arguments: '' }) };
  const events = [
    ['response.created', { response: responseOf('in_progress', []) }],
    ['response.in_progress', { response: responseOf('in_progress', []) }],
    ['response.output_item.added', { output_index: 0, item: opened }],
    ...said,
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: responseOf('completed', [item]) }],
  ] as [string, object][];
  return events.map(([type, data], index) => namedEvent(type, { sequence_number: index, ...data }));
}
