/**
 * Which of a provider's endpoints serves a model, where the provider said so by refusing it at another one
 * (`Endpoint.elsewhere`). The refused call is made once more over there, and later ones go there at once. What was
 * learned is forgotten when the process ends: the row is right for nearly every model.
 */
import { LRUCache } from 'lru-cache';
import { OmniError } from '../base/errors.ts';
import type { UpstreamFormatId } from '../model/format-id.ts';
import type { Target } from '../routing/plan.ts';
import type { Attempt } from './attempt.ts';

/** Models remembered at most. */
const LIMIT = 500;

export type LearnedEndpoints = LRUCache<string, UpstreamFormatId>;

export function createLearnedEndpoints(): LearnedEndpoints {
  return new LRUCache({ max: LIMIT });
}

/** Runs the attempt at the endpoint that is known to serve its model, and at the one that a refusal names. */
export function atServingEndpoint<T>(
  attempt: Attempt,
  learned: LearnedEndpoints,
  run: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const mayBeElsewhere = attempt.target.provider.endpoints.some(({ elsewhere }) => elsewhere !== undefined);
  return mayBeElsewhere ? atNamedEndpoint(attempt, learned, run) : run(attempt);
}

async function atNamedEndpoint<T>(
  attempt: Attempt,
  learned: LearnedEndpoints,
  run: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { provider, model } = attempt.target;
  const key = `${provider.id} ${model}`;
  const known = learned.get(key);
  const target = (known && at(attempt.target, known)) ?? attempt.target;
  try {
    return await run({ ...attempt, target });
  } catch (error) {
    const format = namedIn(error, target);
    const other = format && at(target, format);
    if (format === undefined || other === undefined) throw error;
    learned.set(key, format);
    return await run({ ...attempt, target: other });
  }
}

function at(target: Target, format: UpstreamFormatId): Target | undefined {
  const endpoint = target.provider.endpoints.find((one) => one.format === format);
  return endpoint && { ...target, endpoint };
}

function namedIn(error: unknown, { endpoint: { elsewhere } }: Target): UpstreamFormatId | undefined {
  if (elsewhere === undefined || !(error instanceof OmniError) || error.status !== 400) return undefined;
  return elsewhere.says.test(error.message) ? elsewhere.format : undefined;
}
