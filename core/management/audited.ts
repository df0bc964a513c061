/**
 * Writes an audit entry for each call that changed something, or tried to sign in: who, what, on which of them, from where,
 * and the names of the members that were sent. Never their values, which may be secrets. One place for all features, so
 * that none is forgotten.
 */
import { os } from '@orpc/server';
import { asObject, asString, compact, type JsonObject } from '../base/json.ts';
import type { CallContext } from './services.ts';

/** What only asks, though it is no GET. */
const ASKS = /test|validate|poll|check|translate|preview/i;
/** What takes data out, though it is a GET. */
const TAKES_OUT = /export|download/i;
const TEXT_LENGTH = 200;

export const audited = os.$context<CallContext>().middleware(async ({ context, path, procedure, next }, input) => {
  const action = path.join('.');
  if (!isAudited(action, procedure['~orpc'].route.method)) return next();
  try {
    const result = await next();
    note(context, action, input);
    return result;
  } catch (error) {
    if (path[0] === 'auth') note(context, `${action}.failed`, input);
    throw error;
  }
});

function isAudited(action: string, method: string | undefined): boolean {
  if (method === undefined || method === 'GET') return TAKES_OUT.test(action);
  return !ASKS.test(action);
}

function note({ services, hasSession, apiKeyName, remoteAddress }: CallContext, action: string, input: unknown): void {
  const sent = membersOf(input);
  const names = Object.keys(sent).slice(0, 50);
  const record = {
    atMs: services.clock.nowMs(),
    actor: hasSession || action === 'auth.login' ? 'owner' : apiKeyName === undefined ? 'visitor' : `key ${apiKeyName}`,
    action,
    ...compact({
      target: targetOf(sent),
      ip: remoteAddress,
      details: names.length === 0 ? undefined : names.join(', ').slice(0, 1_000),
    }),
  };
  try {
    services.store.audit.add(record);
  } catch (cause) {
    services.log.warn('A change could not be noted in the audit log.', { action, reason: String(cause) });
  }
}

/** Of the body and of the path and query, where they come apart. */
function membersOf(input: unknown): JsonObject {
  const { query, params, body, ...rest } = asObject(input) ?? {};
  return { ...asObject(query), ...asObject(params), ...asObject(body), ...rest };
}

function targetOf(sent: JsonObject): string | undefined {
  const names = [
    'id',
    'name',
    'connectionId',
    'apiKeyId',
    'keyId',
    'provider',
    'model',
    'identifier',
    'level',
    'sessionId',
  ];
  const target = names.map((name) => asString(sent[name])).find((value) => value !== undefined && value !== '');
  return target?.slice(0, TEXT_LENGTH);
}
