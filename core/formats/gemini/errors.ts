/** Errors as Google writes them, `google.rpc.Status` in JSON (https://cloud.google.com/apis/design/errors). */
import type { LimitScope, OmniError } from '../../base/errors.ts';
import {
  asObject,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  objectsOf,
  parseJson,
} from '../../base/json.ts';
import { shortErrorText } from '../../model/error-text.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';

const RPC = 'type.googleapis.com/google.rpc.';
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The word of `google.rpc.Code` that goes with an HTTP status. */
export function statusWord(status: number): string {
  const known = STATUSES[status];
  if (known !== undefined) return known;
  return status >= 400 && status < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL';
}

/** An error for a client, with the offending field and the time to wait where they are known. */
export function encodeError(error: OmniError): { status: number; body: JsonObject } {
  const details: JsonObject[] = [];
  if (error.path !== undefined) {
    const fieldViolations = [{ field: error.path, description: error.message }];
    details.push({ '@type': `${RPC}BadRequest`, fieldViolations });
  }
  if (error.retryAfterMs !== undefined) {
    details.push({ '@type': `${RPC}RetryInfo`, retryDelay: `${error.retryAfterMs / 1000}s` });
  }
  const { status, message } = error;
  const body = { code: status, message, status: statusWord(status), ...(details.length > 0 && { details }) };
  return { status, body: { error: body } };
}

/** Reads any error body: the object, the array that a failed stream answers with, or text. Never throws. */
export function decodeError(body: JsonValue | string): UpstreamErrorBody {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    return isObject(parsed) || Array.isArray(parsed) ? decodeError(parsed) : { message: shortErrorText(body) };
  }
  const whole = asObject(Array.isArray(body) ? body[0] : body);
  const error = asObject(whole?.['error']) ?? asObject(asObject(whole?.['response'])?.['error']) ?? whole;
  const message = asString(error?.['message']) ?? asString(whole?.['error']);
  const details = objectsOf(error?.['details']);
  const type = asString(error?.['status']);
  const code = details.map((detail) => asString(detail['reason'])).find((reason) => reason !== undefined);
  const retryAfterMs = details.map(retryDelayMs).find((delay) => delay !== undefined);
  const limitScope = details.map(scopeOf).find((scope) => scope !== undefined);
  return {
    message: message === undefined ? shortErrorText(JSON.stringify(body)) : message.slice(0, 2_000),
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(limitScope !== undefined && { limitScope }),
  };
}

/** `QuotaFailure` names the quota: `GenerateRequestsPerDayPerProjectPerModel-FreeTier` holds for one model. */
function scopeOf(detail: JsonObject): LimitScope | undefined {
  const quotas = objectsOf(detail['violations']).map((violation) => asString(violation['quotaId']) ?? '');
  if (quotas.every((quota) => quota === '')) return undefined;
  return quotas.every((quota) => /PerModel|^$/.test(quota)) ? 'model' : 'account';
}

/** `RetryInfo.retryDelay`, a duration like `34.07s`. */
function retryDelayMs(detail: JsonObject): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(asString(detail['retryDelay']) ?? '')?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

/** The error that a chunk or an answer holds instead of candidates; undefined when it holds none. */
export function errorIn(chunk: JsonObject): UpstreamErrorBody | undefined {
  const error = chunk['error'];
  return isObject(error) || (typeof error === 'string' && error !== '') ? decodeError(chunk) : undefined;
}
