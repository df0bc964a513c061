/** A smallest request of our own, for trying whether a model answers: through the same stages, and recorded like any other. */
import { Cancellation } from '../base/cancellation.ts';
import { OmniError, toOmniError } from '../base/errors.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import type { Exchange, Reply } from './exchange.ts';
import type { LedgerPorts } from './ledger.ts';
import { ownExchange } from './own-exchange.ts';

export interface TrialPorts {
  readonly run: (exchange: Exchange) => Promise<Reply>;
  snapshot(): Snapshot;
  readonly ledger: LedgerPorts;
}

export interface TrialRules {
  readonly limitMs: number;
  /** The combo that the model is tried for, whose network proxy counts. */
  readonly comboName?: string;
}

export interface Trial {
  readonly statusCode: number;
  /** A sentence, when it failed. */
  readonly error?: string;
  readonly latencyMs: number;
}

const ENDPOINT = 'trial';

/** Asks a model "Hi" for five tokens at most. Never throws: what went wrong is in the result. */
export async function tryModel(model: string, { limitMs, comboName }: TrialRules, ports: TrialPorts): Promise<Trial> {
  const startedMs = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - startedMs);
  const cancellation = new Cancellation();
  const tooLate = new OmniError('upstream_timeout', `There was no answer within ${limitMs / 1_000} seconds.`);
  const timer = setTimeout(() => cancellation.cancel(tooLate), limitMs);
  try {
    const { status } = await ports.run({
      ...exchangeFor(model, cancellation, ports),
      ...(comboName !== undefined && { triedFor: [comboName] as const }),
    });
    return { statusCode: status, latencyMs: latencyMs() };
  } catch (thrown) {
    const error = toOmniError(thrown);
    return { statusCode: error.status, error: error.message, latencyMs: latencyMs() };
  } finally {
    clearTimeout(timer);
  }
}

function exchangeFor(model: string, cancellation: Cancellation, { snapshot, ledger }: TrialPorts): Exchange {
  const body = { model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 5, stream: false };
  // This model and no other: a fallback chain would answer for it.
  const caller = { allows: (name: string) => name === model };
  const request = { body, endpoint: ENDPOINT, clientFormat: 'openai-chat', caller, snapshot: snapshot() } as const;
  return ownExchange({ ...request, cancellation }, ledger);
}
