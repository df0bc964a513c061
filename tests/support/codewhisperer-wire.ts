/**
 * CodeWhisperer's wire as a server has it, written from AWS's description of event streams
 * (https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html) and of the conversation: frames as bytes, and a
 * request read back into what it says.
 */
import { crc32 } from 'node:zlib';
import { asArray, asNumber, asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import type { Part } from '../../core/model/part.ts';
import type { ChatRequest, Message, Tool } from '../../core/model/request.ts';

/** One frame: lengths, checksum, headers, payload, checksum. */
export function awsFrame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const encoded = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(payload, 'utf8');
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + encoded.length + body.length, 0);
  prelude.writeUInt32BE(encoded.length, 4);
  const checked = Buffer.concat([prelude, checksum(prelude), encoded, body]);
  return Buffer.concat([checked, checksum(checked)]);
}

/** A header of type 7, a string. */
function header(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([7]), length, valueBytes]);
}

function checksum(bytes: Buffer): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(crc32(bytes));
  return out;
}

export function awsEvent(type: string, payload: object): Buffer {
  const headers = { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' };
  return awsFrame(headers, JSON.stringify(payload));
}

export function awsException(type: string, payload: object): Buffer {
  return awsFrame({ ':message-type': 'exception', ':exception-type': type }, JSON.stringify(payload));
}

/** What a request says, in the hub's words. Throws where it breaks the service's rules. */
export function readConversation(body: JsonObject, stream = true): ChatRequest {
  const state = asObject(body['conversationState']) ?? {};
  const current = asObject(state['currentMessage']) ?? {};
  const turns = [...objectsOf(state['history']), current];
  turns.forEach((turn, index) => {
    const role = index % 2 === 0 ? 'userInputMessage' : 'assistantResponseMessage';
    if (turn[role] === undefined) throw new Error(`Turn ${index} is no ${role}: turns must alternate.`);
  });
  const user = asObject(current['userInputMessage']) ?? {};
  const inference = asObject(body['inferenceConfig']) ?? {};
  const [limit, temperature, topP] = ['maxTokens', 'temperature', 'topP'].map((name) => asNumber(inference[name]));
  const tools = objectsOf(asObject(user['userInputMessageContext'])?.['tools']).map(readTool);
  return {
    model: asString(user['modelId']) ?? '',
    stream,
    messages: turns.flatMap(readTurn),
    ...(tools.length > 0 && { tools }),
    ...(limit !== undefined && { maxOutputTokens: limit }),
    ...((temperature ?? topP) !== undefined && {
      sampling: { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) },
    }),
  };
}

function readTool(tool: JsonObject): Tool {
  const { name, description, inputSchema } = asObject(tool['toolSpecification']) ?? {};
  if (typeof description !== 'string' || description === '') throw new Error('A tool has no description.');
  const schema = asObject(asObject(inputSchema)?.['json']) ?? {};
  return { type: 'function', name: asString(name) ?? '', description, schema };
}

function readTurn(turn: JsonObject): Message[] {
  const assistant = asObject(turn['assistantResponseMessage']);
  if (assistant !== undefined) {
    const calls = objectsOf(assistant['toolUses']).map(
      ({ toolUseId, name, input }): Part => ({
        type: 'tool-call',
        ...{
          id: asString(toolUseId) ?? '',
          name: asString(name) ?? '',
          kind: 'function',
          input: JSON.stringify(input),
        },
      }),
    );
    return [{ role: 'assistant', parts: [...text(assistant['content']), ...calls] }];
  }
  const user = asObject(turn['userInputMessage']) ?? {};
  const results = objectsOf(asObject(user['userInputMessageContext'])?.['toolResults']).map(readResult);
  const images = objectsOf(user['images']).map(({ format, source }): Part => {
    const data = asString(asObject(source)?.['bytes']) ?? '';
    return { type: 'media', kind: 'image', source: { type: 'base64', mediaType: `image/${asString(format)}`, data } };
  });
  const said = [...text(user['content']), ...images];
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : []),
    ...(said.length > 0 ? [{ role: 'user' as const, parts: said }] : []),
  ];
}

function readResult({ toolUseId, status, content }: JsonObject): Part {
  const texts = asArray(content).flatMap((piece) => text(asObject(piece)?.['text'] ?? ''));
  return {
    ...{ type: 'tool-result', callId: asString(toolUseId) ?? '', content: texts },
    ...(status === 'error' && { isError: true }),
  };
}

function text(value: JsonObject[string] | undefined): Part[] {
  return typeof value === 'string' && value !== '' ? [{ type: 'text', text: value }] : [];
}
