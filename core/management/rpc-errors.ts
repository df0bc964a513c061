/** A failed call as the RPC protocol tells it, over HTTP and over a message port alike. */
import { ORPCError } from '@orpc/server';
import { compact } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { errorAnswer, restError } from './rest-errors.ts';

/** Code and sentence as they are; `data` is the error of the REST surface, and how long to wait. What is ours is logged. */
export function rpcError(thrown: unknown, log: Log): ORPCError<string, unknown> {
  const error = restError(thrown);
  if (error.code === 'internal') log.error('A management call failed.', {}, thrown);
  const { status, body } = errorAnswer(error);
  const data = { ...body.error, ...compact({ retryAfterMs: error.retryAfterMs }) };
  return new ORPCError(error.code, { status, message: error.message, data });
}
