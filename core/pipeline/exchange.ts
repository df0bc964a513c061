/**
 * One request on its way through the pipeline: what came in, what was decided, what it cost. Stages read and extend it;
 * the `Ledger` is its one mutable account, written to the store once, when the request ends.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Cancellation } from '../base/cancellation.ts';
import type { FramingId } from '../base/framing.ts';
import type { JsonObject } from '../base/json.ts';
import type { JsonScan } from '../base/json-scan.ts';
import type { ClientFormat, RequestAddress } from '../formats/format.ts';
import type { ChatEvent } from '../model/event.ts';
import type { FormatId } from '../model/format-id.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Target } from '../routing/plan.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import type { Ledger } from './ledger.ts';

/** What a client's side needs of a format; legacy completions have only this half. */
export type ClientCodec = Omit<ClientFormat, 'shaper'>;

/** Who calls, as far as it is known. */
export interface Caller {
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
  /** Bodies of its requests are never kept. */
  readonly noLog?: boolean;
  /** May this caller use the model? */
  allows(model: string): boolean;
}

export interface Exchange {
  readonly id: string;
  /** The route's name for records: `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly format: FormatId;
  readonly codec: ClientCodec;
  /** False where the client's bytes cannot be forwarded as they are (legacy completions, Gemini's JSON array). */
  readonly mayPass: boolean;
  /** How a stream is framed for this client. */
  readonly framing: FramingId;
  readonly headers: IncomingHttpHeaders;
  readonly scan: JsonScan;
  readonly address?: RequestAddress;
  /** The model as asked for. */
  readonly model: string;
  readonly stream: boolean;
  readonly caller: Caller;
  readonly snapshot: Snapshot;
  /** The combo that a model is tried for: it is called as the combo would call it. */
  readonly triedFor?: readonly [string];
  /** Cancelled when the client goes away. */
  readonly cancellation: Cancellation;
  readonly ledger: Ledger;
  /** The body parsed; parsed once, on first use. */
  body(): JsonObject;
  /** The body in the hub's form; decoded once, on first use. */
  request(): ChatRequest;
}

/** What goes back to the client. A stream throws nothing: a failure in it has become its protocol's error frames. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream's chunks are whole frames of the client's framing. */
  readonly body: Buffer | string | AsyncIterable<Buffer | string>;
  /** The answer in the hub's form, where it was not streamed: what a cache keeps. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly events: readonly ChatEvent[];
  readonly target: Target;
}

/** Runs the following stages, on this exchange or on one derived from it. */
export type Next = (changed?: Exchange) => Promise<Reply>;
export type Stage = (exchange: Exchange, next: Next) => Promise<Reply>;

/** The stages as one function; each may answer itself or call the next. */
export function compose(stages: readonly Stage[]): (exchange: Exchange) => Promise<Reply> {
  return (exchange) => {
    const run = (index: number, current: Exchange): Promise<Reply> => {
      const stage = stages[index];
      if (stage === undefined) throw new Error('The last stage must answer.');
      return stage(current, (changed = current) => run(index + 1, changed));
    };
    return run(0, exchange);
  };
}
