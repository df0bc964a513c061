/** Sends one attempt and returns its answer once the status says it is one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../base/cancellation.ts';
import type { Target } from '../routing/plan.ts';
import { callHeaders, generateAddress } from './address.ts';
import { type CallBody, sendCall, type UpstreamAnswer } from './call.ts';
import { failureOf } from './failure.ts';

/** Limits of one attempt, in milliseconds. */
export interface AttemptLimits {
  /** Until the headers of a stream. */
  readonly firstContentMs: number;
  /** Between two chunks of a stream. */
  readonly idleMs: number;
  /** For a whole answer that is not streamed. */
  readonly totalMs: number;
}

export const ATTEMPT_LIMITS: AttemptLimits = { firstContentMs: 60_000, idleMs: 120_000, totalMs: 900_000 };

export interface Attempt {
  readonly target: Target;
  readonly body: CallBody;
  readonly stream: boolean;
  readonly cancellation: Cancellation;
  /** The client's headers, in the same-format lane. */
  readonly clientHeaders?: IncomingHttpHeaders;
}

/** Sends to the target. Throws OmniError for anything but a 2xx answer. */
export async function send(dispatcher: Dispatcher, attempt: Attempt, limits = ATTEMPT_LIMITS): Promise<UpstreamAnswer> {
  const { target, stream } = attempt;
  const answer = await sendCall(dispatcher, {
    address: generateAddress(target, stream),
    method: 'POST',
    headers: callHeaders(target, attempt.clientHeaders),
    body: attempt.body,
    cancellation: attempt.cancellation,
    headersTimeoutMs: stream ? limits.firstContentMs : limits.totalMs,
    idleTimeoutMs: stream ? limits.idleMs : limits.totalMs,
  });
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(answer, target);
  return answer;
}
