/** Responses clients that name an item of an earlier answer instead of sending it again, over another protocol's upstream. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;

const CALL = { index: 0, id: 'call_7', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } };
const TOOLS = [
  { type: 'function', name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } },
];

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((received, response) => {
    if (received.body['tools'] === undefined) sendJson(response, chatAnswer('blue'));
    else if (received.body['stream'] === true)
      sendSse(response, [
        chatChunk({ role: 'assistant', tool_calls: [CALL] }),
        chatChunk({}, 'tool_calls'),
        'data: [DONE]',
      ]);
    else {
      const message = { role: 'assistant', content: null, tool_calls: [CALL] };
      sendJson(response, { ...chatAnswer(''), choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    }
  });
  await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

async function callItemId(extra: JsonObject): Promise<string> {
  const response = await core.post('/v1/responses', { model: 'chat/m', input: 'look up', tools: TOOLS, ...extra });
  const text = await response.text();
  if (extra['stream'] === true)
    return /"type":"function_call","id":"([^"]+)"|"id":"(fc_[^"]+)"/.exec(text)?.slice(1).find(Boolean) ?? '';
  const output = objectsOf((JSON.parse(text) as JsonObject)['output']);
  return asString(output.find(({ type }) => type === 'function_call')?.['id']) ?? '';
}

function followUp(id: string): Promise<Response> {
  const input = [
    { role: 'user', content: 'look up' },
    { type: 'item_reference', id },
    { type: 'function_call_output', call_id: 'call_7', output: 'it is blue' },
  ];
  upstream.received.length = 0;
  return core.post('/v1/responses', { model: 'chat/m', input });
}

describe('item_reference on a translated lane', () => {
  it.each([false, true])('stands for the call it names (stream %s)', async (stream) => {
    const id = await callItemId({ stream });
    expect(id).toMatch(/^fc_/);
    expect((await followUp(id)).status).toBe(200);
    expect(upstream.received[0]?.body['messages']).toEqual([
      { role: 'user', content: 'look up' },
      expect.objectContaining({
        role: 'assistant',
        tool_calls: [{ id: 'call_7', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } }],
      }),
      { role: 'tool', tool_call_id: 'call_7', content: 'it is blue' },
    ]);
  });

  it('nothing is kept of an answer that was asked for with store: false', async () => {
    const id = await callItemId({ store: false });
    const refused = await followUp(id);
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { error: { message: expect.stringContaining(`"${id}" is not kept`), param: 'input' } },
    ]);
    expect(upstream.received).toHaveLength(0);
  });

  it('an item that was never made here is refused, not left out', async () => {
    expect((await followUp('fc_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b')).status).toBe(400);
    expect(upstream.received).toHaveLength(0);
  });
});
