/** Sends one attempt and returns its answer once the status says it is one. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../base/cancellation.ts';
import type { CallFacts } from '../providers/account-call.ts';
import type { LimitReport } from '../routing/limit-report.ts';
import type { Target } from '../routing/plan.ts';
import { callHeaders, generateAddress } from './address.ts';
import { type CallBody, sendCall, type UpstreamAnswer } from './call.ts';
import { failureOf } from './failure.ts';
import { readLimits } from './limits.ts';

/** Limits of one attempt, in milliseconds. */
export interface AttemptLimits {
  /** Until a connection is there. */
  readonly connectMs: number;
  /** Until the first content of a stream. */
  readonly firstContentMs: number;
  /** Between two chunks of a stream. */
  readonly idleMs: number;
  /** From the beginning to the end. */
  readonly totalMs: number;
}

export const ATTEMPT_LIMITS: AttemptLimits = {
  connectMs: 10_000,
  firstContentMs: 60_000,
  idleMs: 120_000,
  totalMs: 900_000,
};

export interface Sending {
  readonly target: Target;
  readonly body: CallBody;
  /** What is known of the call; a stream is asked for where it says so. */
  readonly call: CallFacts;
  /** Cancelled when the client leaves, and with its reason when the time until the first content or in all is over. */
  readonly cancellation: Cancellation;
  readonly limits: AttemptLimits;
  /** Told when the request goes out. */
  sent(): void;
  /** Told the answer's headers, whatever its status. */
  heard(report: LimitReport): void;
  /** The client's headers, where it speaks the target's protocol. */
  readonly clientHeaders?: IncomingHttpHeaders;
}

/** Sends to the target. Throws OmniError for anything but a 2xx answer. */
export async function send(dispatcher: Dispatcher, sending: Sending): Promise<UpstreamAnswer> {
  const { target, limits, call } = sending;
  const { stream } = call;
  const answer = await sendCall(dispatcher, {
    address: generateAddress(target, stream),
    method: 'POST',
    headers: callHeaders(target, sending.clientHeaders, call),
    body: sending.body,
    cancellation: sending.cancellation,
    sent: sending.sent,
    connectTimeoutMs: limits.connectMs,
    headersTimeoutMs: 0,
    idleTimeoutMs: stream ? limits.idleMs : 0,
  });
  sending.heard(readLimits(answer.headers, Date.now()));
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(answer, target);
  return answer;
}
