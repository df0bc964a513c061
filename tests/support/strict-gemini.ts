/**
 * A Gemini 3 host that checks what Google documents (https://ai.google.dev/gemini-api/docs/thought-signatures): in each
 * step of the current turn the first call must bring back the very signature it was given; the documented stand-in is
 * refused here, so that a test sees every signature that got lost. Answers with two parallel calls, then with text.
 */
import type { ServerResponse } from 'node:http';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { type Received, type Script, sendJson, sendSse } from './upstream.ts';

export interface StrictGemini {
  readonly script: Script;
  /** Why a request was refused, in words; empty while none was. */
  readonly refusals: string[];
}

/** `steps`: how many answers hold calls before the text. */
export function strictGemini(steps = 2): StrictGemini {
  const issued = new Map<string, string>();
  const refusals: string[] = [];
  const script: Script = (received, response) => {
    const turns = objectsOf(received.body['contents']).filter(({ role }) => role === 'model');
    const fault = turns.map((turn) => faultOf(turn, issued)).find((found) => found !== undefined);
    if (fault !== undefined) {
      refusals.push(fault);
      sendJson(response, { error: { code: 400, message: fault, status: 'INVALID_ARGUMENT' } }, 400);
      return;
    }
    answer(received, response, turns.length < steps ? callsOf(turns.length + 1, issued) : [{ text: 'Sun and snow' }]);
  };
  return { script, refusals };
}

function callsOf(step: number, issued: Map<string, string>): JsonObject[] {
  const call = (city: string): JsonObject => ({ functionCall: { name: 'weather', args: { city, step } } });
  const signature = Buffer.from(`signature ${step} ${issued.size}`).toString('base64');
  issued.set(fingerprint(call('Rome')), signature);
  return [{ text: 'Hm', thought: true }, { ...call('Rome'), thoughtSignature: signature }, call('Oslo')];
}

function faultOf({ parts }: JsonObject, issued: ReadonlyMap<string, string>): string | undefined {
  const [first] = objectsOf(parts).filter((part) => part['functionCall'] !== undefined);
  if (first === undefined) return undefined;
  const signature = first['thoughtSignature'];
  if (signature === undefined) return 'Function call is missing a thought_signature in functionCall parts.';
  return signature === issued.get(fingerprint(first)) ? undefined : 'Thought signature is not valid.';
}

function fingerprint({ functionCall }: JsonObject): string {
  const args = asObject(asObject(functionCall)?.['args']) ?? {};
  return `${asString(args['city'])} ${JSON.stringify(args['step'])}`;
}

function answer({ path }: Received, response: ServerResponse, parts: readonly JsonObject[]): void {
  const chunk = (some: readonly JsonObject[], finishReason?: string): JsonObject => ({
    responseId: `r-${Math.random()}`,
    modelVersion: 'gemini-3-pro',
    candidates: [{ index: 0, content: { role: 'model', parts: [...some] }, ...(finishReason && { finishReason }) }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
  });
  if (!path.includes('streamGenerateContent')) {
    sendJson(response, chunk(parts, 'STOP'));
    return;
  }
  const responseId = `r-${Math.random()}`;
  const chunks = parts.map((part, at) => chunk([part], at === parts.length - 1 ? 'STOP' : undefined));
  sendSse(
    response,
    chunks.map((one) => `data: ${JSON.stringify({ ...one, responseId })}`),
  );
}
