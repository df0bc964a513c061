/** The few ways in which quirks change a body. Each returns the same object when it changes nothing. */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';

/** The body without these top-level fields. */
export function withoutFields(body: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => Object.hasOwn(body, name))) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

/** The body with one top-level field under another name, at its place; where both are there, the target's is kept. */
export function renameField(body: JsonObject, from: string, to: string): JsonObject {
  if (!Object.hasOwn(body, from)) return body;
  if (Object.hasOwn(body, to)) return withoutFields(body, [from]);
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name === from ? to : name, value]));
}

/** The body with each of a chat's messages changed by `change`, which returns the same object where nothing is to do. */
export function mapMessages(body: JsonObject, change: (message: JsonObject) => JsonObject): JsonObject {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return body;
  const changed = messages.map((message): JsonValue => (isObject(message) ? change(message) : message));
  return changed.every((message, index) => message === messages[index]) ? body : { ...body, messages: changed };
}
