/**
 * Gemini Code Assist wraps Gemini's requests and answers in an envelope of its own; what is inside is Gemini's protocol.
 * https://github.com/google-gemini/gemini-cli/blob/main/packages/core/src/code_assist/converter.ts
 */
import { createHash } from 'node:crypto';
import { asArray, asObject, asString, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { AccountCall, CallFacts } from '../account-call.ts';

export const codeAssistCall: AccountCall = { envelope: { wrap, unwrap } };

/** `{project, model, request}`. The project was told when the account was set up; paid ones cannot do without. */
function wrap(body: JsonObject, { model, data }: CallFacts): JsonObject {
  const project = asString(data['projectId']);
  return { ...(project !== undefined && { project }), model, request: { ...body, session_id: sessionOf(body) } };
}

/** A whole answer, or one item of a stream: `{response: {candidates, …}}`. An error stands there by itself. */
function unwrap(body: JsonValue): JsonValue {
  const response = asObject(asObject(body)?.['response']);
  return response ?? body;
}

/** The same for each turn of a conversation, which lets Google find its cache: 19 digits of the first turn's hash. */
function sessionOf(body: JsonObject): string {
  const first = JSON.stringify([body['systemInstruction'] ?? null, asArray(body['contents'])[0] ?? null]);
  const hash = createHash('sha256').update(first).digest().readBigUInt64BE();
  return `-${(hash % 10n ** 19n).toString().padStart(19, '0')}`;
}
