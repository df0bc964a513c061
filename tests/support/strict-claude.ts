/**
 * An Anthropic host with extended thinking that checks what its documentation asks for
 * (https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking#preserving-thinking-blocks): a turn that calls
 * tools begins with the thinking block it was given, unchanged and signed by this host. Two parallel calls, then text.
 */
import type { ServerResponse } from 'node:http';
import { asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { messagesAnswer, namedEvent, type Script, sendJson, sendSse } from './upstream.ts';

export interface StrictClaude {
  readonly script: Script;
  readonly refusals: string[];
}

export function strictClaude(steps = 2): StrictClaude {
  const refusals: string[] = [];
  const script: Script = ({ body }, response) => {
    const turns = objectsOf(body['messages']).filter(({ role }) => role === 'assistant');
    const fault = turns.map((turn) => faultOf(turn)).find((found) => found !== undefined);
    if (fault !== undefined) {
      refusals.push(fault);
      const error = { type: 'invalid_request_error', message: fault };
      sendJson(response, { type: 'error', error }, 400);
      return;
    }
    const isDone = turns.length >= steps;
    const blocks = isDone ? [{ type: 'text', text: 'Sun and snow' }] : callsOf(turns.length + 1);
    answer(response, blocks, { stream: body['stream'] === true, stop: isDone ? 'end_turn' : 'tool_use' });
  };
  return { script, refusals };
}

function callsOf(step: number): JsonObject[] {
  const thinking = `Hm, ${step}`;
  const use = (city: string): JsonObject => ({
    ...{ type: 'tool_use', id: `toolu_${step}_${city}`, name: 'weather' },
    input: { city, step },
  });
  return [{ type: 'thinking', thinking, signature: signatureOf(thinking) }, use('Rome'), use('Oslo')];
}

function signatureOf(thinking: string): string {
  return Buffer.from(`signed by claude: ${thinking}`).toString('base64');
}

function faultOf({ content }: JsonObject): string | undefined {
  const blocks = objectsOf(content);
  for (const { type, thinking, signature } of blocks) {
    if (type !== 'thinking') continue;
    if (signature !== signatureOf(asString(thinking) ?? '')) return 'Invalid `signature` in `thinking` block';
  }
  const isOurs = blocks.some(({ type, id }) => type === 'tool_use' && String(id).startsWith('toolu_'));
  if (!isOurs || blocks[0]?.['type'] === 'thinking') return undefined;
  return 'Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block.';
}

function answer(
  response: ServerResponse,
  blocks: readonly JsonObject[],
  { stream, stop }: { readonly stream: boolean; readonly stop: string },
): void {
  if (!stream) {
    sendJson(response, messagesAnswer(blocks, stop));
    return;
  }
  sendSse(response, [
    namedEvent('message_start', { message: { ...messagesAnswer([]), stop_reason: null } }),
    ...blocks.flatMap((block, index) => [
      namedEvent('content_block_start', { index, content_block: emptied(block) }),
      ...deltasOf(block).map((delta) => namedEvent('content_block_delta', { index, delta })),
      namedEvent('content_block_stop', { index }),
    ]),
    namedEvent('message_delta', { delta: { stop_reason: stop }, usage: { output_tokens: 3 } }),
    namedEvent('message_stop', {}),
  ]);
}

function emptied(block: JsonObject): JsonObject {
  if (block['type'] === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return block['type'] === 'text' ? { type: 'text', text: '' } : { ...block, input: {} };
}

function deltasOf({ type, thinking, signature, text, input }: JsonObject): JsonObject[] {
  switch (type) {
    case 'thinking':
      return [
        { type: 'thinking_delta', thinking: thinking ?? '' },
        { type: 'signature_delta', signature: signature ?? '' },
      ];
    case 'text':
      return [{ type: 'text_delta', text: text ?? '' }];
    default:
      return [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }];
  }
}
