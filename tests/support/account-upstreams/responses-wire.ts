/** Responses as a server has it: https://platform.openai.com/docs/api-reference/responses-streaming */
import type { ServerResponse } from 'node:http';
import { asString, type JsonObject, type JsonValue, objectsOf } from '../../../core/base/json.ts';
import { namedEvent, type Received, sendJson, sendSse } from '../upstream.ts';
import { nextTurn, piecesOf, type Turn } from './upstream.ts';

export function answerResponses({ body }: Received, response: ServerResponse): void {
  const last = objectsOf(body['input']).at(-1);
  const result = /^(?:function|custom_tool)_call_output$/.test(asString(last?.['type']) ?? '') ? last : undefined;
  const tools = toolsOf(body);
  const next = nextTurn({ tools: tools.map(({ name }) => name ?? null), result: result && outputText(result) });
  const takesCode = tools.some(({ type, name }) => type === 'custom' && name === CODE.name);
  const turn: Said = next.type === 'call' && takesCode ? { type: 'code' } : next;
  if (body['stream'] === true) {
    sendSse(response, eventsOf(turn));
    return;
  }
  sendJson(response, responseOf('completed', [itemOf(turn)]));
}

/** Codex offers its tools as one that runs code: in an item of the input, in a namespace. */
const CODE = {
  ...{ type: 'custom_tool_call', id: 'ctc_9', call_id: 'call_w1', name: 'exec', namespace: 'functions' },
  input: "text((await tools.exec_command({ cmd: 'echo sunny' })).output)",
};
type Said = Turn | { readonly type: 'code' };

function toolsOf(body: JsonObject): JsonObject[] {
  const flat = (tools: JsonValue | undefined): JsonObject[] =>
    objectsOf(tools).flatMap((tool) => (tool['type'] === 'namespace' ? flat(tool['tools']) : [tool]));
  return [body, ...objectsOf(body['input'])].flatMap(({ tools }) => flat(tools));
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

function itemOf(turn: Said): object {
  if (turn.type === 'code') return { ...CODE, status: 'completed' };
  if (turn.type === 'text') {
    const content = [{ type: 'output_text', text: turn.text, annotations: [] }];
    return { type: 'message', id: 'msg_9', role: 'assistant', status: 'completed', content };
  }
  const { id, name, input } = turn.call;
  return {
    type: 'function_call',
    id: 'fc_9',
    call_id: id,
    name,
    arguments: JSON.stringify(input),
    status: 'completed',
  };
}

function eventsOf(turn: Said): string[] {
  const item = itemOf(turn);
  const place = { output_index: 0, item_id: IDS[turn.type] };
  const opened = { ...item, status: 'in_progress', ...OPENED[turn.type] };
  const events = [
    ['response.created', { response: responseOf('in_progress', []) }],
    ['response.in_progress', { response: responseOf('in_progress', []) }],
    ['response.output_item.added', { output_index: 0, item: opened }],
    ...piecesOfTurn(turn).map(([type, data]) => [type, { ...place, ...data }]),
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: responseOf('completed', [item]) }],
  ] as [string, object][];
  return events.map(([type, data], index) => namedEvent(type, { sequence_number: index, ...data }));
}

const IDS = { text: 'msg_9', call: 'fc_9', code: CODE.id };
const OPENED = { text: { content: [] }, call: { arguments: '' }, code: { input: '' } };

function piecesOfTurn(turn: Said): [string, object][] {
  const part = { type: 'output_text', text: '', annotations: [] };
  if (turn.type === 'code')
    return [
      ['response.custom_tool_call_input.delta', { delta: CODE.input }],
      ['response.custom_tool_call_input.done', { input: CODE.input }],
    ];
  if (turn.type === 'call')
    return [
      ...piecesOf(turn.call).map((delta): [string, object] => ['response.function_call_arguments.delta', { delta }]),
      ['response.function_call_arguments.done', { arguments: JSON.stringify(turn.call.input) }],
    ];
  const { text } = turn;
  const place = { content_index: 0 };
  return [
    ['response.content_part.added', { ...place, part }],
    ['response.output_text.delta', { ...place, delta: text.slice(0, 3) }],
    ['response.output_text.delta', { ...place, delta: text.slice(3) }],
    ['response.output_text.done', { ...place, text }],
    ['response.content_part.done', { ...place, part: { ...part, text } }],
  ];
}
