/**
 * The embedding of a text for our own use, through the same pipeline as a client's: routed, within the caller's budget,
 * and recorded with its cost. It never fails and never takes longer than its limit; after a failure of the provider none
 * is asked for a while, so that a host that hangs costs one wait and not one for every request.
 */
import { Cancellation } from '../base/cancellation.ts';
import { OmniError, toOmniError } from '../base/errors.ts';
import { asArray, asObject, objectsOf, parseJson } from '../base/json.ts';
import type { Exchange, Reply } from './exchange.ts';
import type { LedgerPorts } from './ledger.ts';
import { ownExchange } from './own-exchange.ts';

export interface EmbedderPorts {
  /** `embeddingsPipeline`. */
  readonly run: (exchange: Exchange) => Promise<Reply>;
  readonly ledger: LedgerPorts;
}

export interface EmbedderLimits {
  readonly limitMs: number;
  readonly restMs: number;
  /** Beyond so many under way, further texts go without. */
  readonly atOnce: number;
}

/** Undefined when there is none in time. */
export type EmbedText = (text: string, model: string, asked: Exchange) => Promise<Float32Array | undefined>;

const ENDPOINT = '/v1/embeddings';
const LIMITS: EmbedderLimits = { limitMs: 1_500, restMs: 30_000, atOnce: 8 };

export function createEmbedder({ run, ledger }: EmbedderPorts, limits: EmbedderLimits = LIMITS): EmbedText {
  let restsUntilMs = 0;
  let running = 0;
  return async (text, model, asked) => {
    if (running >= limits.atOnce || performance.now() < restsUntilMs) return undefined;
    running += 1;
    const cancellation = new Cancellation();
    const tooLate = new OmniError('upstream_timeout', 'The embedding took too long; the request went on without it.');
    const timer = setTimeout(() => cancellation.cancel(tooLate), limits.limitMs);
    try {
      // The caller pays, but need not be allowed the model: the owner of the gateway chose it.
      const caller = { ...asked.caller, allows: () => true };
      const body = { model, input: text, encoding_format: 'float' };
      const request = { body, endpoint: ENDPOINT, clientFormat: 'other', caller, snapshot: asked.snapshot } as const;
      return vectorOf(await run(ownExchange({ ...request, cancellation }, ledger)));
    } catch (thrown) {
      if (toOmniError(thrown).code.startsWith('upstream_')) restsUntilMs = performance.now() + limits.restMs;
      return undefined;
    } finally {
      clearTimeout(timer);
      running -= 1;
    }
  };
}

function vectorOf({ body }: Reply): Float32Array | undefined {
  const answer = typeof body === 'string' ? asObject(parseJson(body)) : undefined;
  const [first] = objectsOf(answer?.['data']);
  const values = asArray(first?.['embedding']).filter((value) => typeof value === 'number');
  return values.length === 0 ? undefined : Float32Array.from(values);
}
