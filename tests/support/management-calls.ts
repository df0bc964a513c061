/** Short ways to call management in tests, each checking what holds for every call of its kind. */
import { expect } from 'vitest';
import { asObject, asString, type JsonObject } from '../../core/base/json.ts';
import type { Answer, ManagementServer } from './management-server.ts';

/** A member of the answer that is an object. */
export const part = (answer: Answer, name: string): JsonObject => asObject(answer.body[name]) ?? {};
export const idOf = (answer: Answer, name: string): string => asString(part(answer, name)['id']) ?? '';

/** Runs a write of the owner's and returns its answer; routing must hear of it once it succeeded, and only then. */
export async function write(server: ManagementServer, method: string, path: string, body?: unknown): Promise<Answer> {
  const before = server.changes();
  const answer = await server.own(method, path, body);
  expect(server.changes() - before, `${method} ${path} ${answer.text}`).toBe(answer.status < 300 ? 1 : 0);
  return answer;
}

/** A call that must be refused with 400 naming `param`; its message. */
export async function refused(server: ManagementServer, call: string, body: unknown, param: string): Promise<string> {
  const [method = '', path = ''] = call.split(' ');
  const answer = await write(server, method, path, body);
  const error = { type: 'invalid_request_error', code: 'invalid_request', param };
  expect([answer.status, answer.body]).toMatchObject([400, { error }]);
  return asString(part(answer, 'error')['message']) ?? '';
}
