/** How a failed management call reads: always `{error: {message, type, code, param}}`, in words that say what to change. */
import { ORPCError } from '@orpc/server';
import { type ErrorCode, OmniError, toOmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { asArray, asObject, asString, type JsonObject, type JsonValue } from '../base/json.ts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** To be sent as JSON; undefined: no body; an async iterator: a stream of events. */
  readonly body: unknown;
}

/** The answer for a failed call. */
export interface ErrorAnswer extends RestAnswer {
  readonly body: { readonly error: JsonObject; readonly needsSetup?: true };
}

/** Codes under which dashboards and scripts of the original know an error (facts.md C.4). */
const PUBLIC_CODE: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'AUTH_001',
  payload_too_large: 'PAYLOAD_TOO_LARGE',
};

/** Any failure of a call as an OmniError; what a schema refused becomes `invalid_request` with the field as its path. */
export function restError(thrown: unknown): OmniError {
  if (!(thrown instanceof ORPCError)) return toOmniError(thrown);
  if (thrown.cause instanceof OmniError) return thrown.cause;
  const issues = asArray(asObject(thrown.data)?.['issues']);
  const issue = asObject(issues[0]);
  if (thrown.status === 400 && issue !== undefined) return fieldError(issue);
  if (thrown.status < 500) return new OmniError('invalid_request', thrown.message, { cause: thrown });
  return toOmniError(thrown);
}

/** The answer for a failed call. An upstream's status stays out of it: its 401 is not about this session. */
export function errorAnswer(error: OmniError): ErrorAnswer {
  const status = error.code.startsWith('upstream_') && error.status < 500 ? 502 : error.status;
  const body: JsonObject = {
    message: error.message,
    type: typeOf(status),
    code: PUBLIC_CODE[error.code] ?? error.code,
    param: error.path ?? null,
  };
  if (error.code === 'unauthenticated') body['correlation_id'] = randomId();
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  return {
    status,
    headers,
    body: error.code === 'setup_required' ? { error: body, needsSetup: true } : { error: body },
  };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function fieldError(issue: JsonObject): OmniError {
  const message = asString(issue['message']) ?? 'is not valid';
  const unknown = asString(asArray(issue['keys'])[0]);
  const parent = fieldPath(asArray(issue['path']));
  if (unknown !== undefined) {
    const path = parent === '' ? unknown : `${parent}.${unknown}`;
    return new OmniError('invalid_request', `There is no field "${path}" here.`, { path });
  }
  if (parent === '') return new OmniError('invalid_request', 'The body must be a JSON object.');
  const says = message.endsWith('received undefined')
    ? 'is required'
    : message.replace(/^Invalid input: /, 'is not valid: ');
  return new OmniError('invalid_request', `"${parent}" ${says.replace(/\.$/, '')}.`, { path: parent });
}

/** `models[0].weight`; where input is grouped, `query` is no part of what the caller sent. */
function fieldPath(path: readonly JsonValue[]): string {
  const named = path[0] === 'query' ? path.slice(1) : path;
  return named.reduce<string>((out, step) => {
    const key = asString(asObject(step)?.['key']) ?? step;
    if (typeof key === 'number') return `${out}[${key}]`;
    return out === '' ? String(key) : `${out}.${String(key)}`;
  }, '');
}
