/**
 * The gateway's decisions as its live events tell them, replayed in their order: who was called, and was anybody called who
 * rested at that moment? Exact to the millisecond, because a decision, its event and the rests share one turn of the event
 * loop; arrivals at an upstream come later by as much as the machine is busy.
 */
import type { BreakerChanged, CoreEvent, EventBus, RequestRouted } from '../../core/base/event-bus.ts';

/** A call that should not have been: the provider's id and why not. */
export interface Stray {
  readonly provider: string;
  readonly atMs: number;
  readonly why: string;
}

export interface Decisions {
  /** Calls decided on so far, by the provider's id. */
  readonly calls: ReadonlyMap<string, number>;
  readonly strays: readonly Stray[];
  /** How many cooldowns and opened breakers were told of. */
  readonly rests: number;
  /** Probes that half-open breakers let through. */
  readonly probes: number;
}

/** Watches from now on, until the bus closes. Begin before the first request. */
export function watchDecisions(events: Pick<EventBus, 'subscribe'>): Decisions {
  const calls = new Map<string, number>();
  const strays: Stray[] = [];
  const seen = { calls, strays, rests: 0, probes: 0 };
  /** Until when an account, or a model of it, rests. */
  const restUntilMs = new Map<string, number>();
  const breakers = new Map<string, BreakerChanged>();
  /** Half-open breakers whose one probe has not gone yet. */
  const probesDue = new Set<string>();

  const whyNot = ({ provider, connectionId = provider, model, atMs }: RequestRouted): string | undefined => {
    const untilMs = Math.max(restUntilMs.get(connectionId) ?? 0, restUntilMs.get(`${connectionId}\n${model}`) ?? 0);
    if (untilMs > atMs) return `it rests for ${untilMs - atMs} ms more`;
    const { state = 'CLOSED' } = breakers.get(provider) ?? {};
    if (state === 'CLOSED' || probesDue.delete(provider)) return undefined;
    return state === 'OPEN' ? 'its breaker is open' : 'its probe is under way';
  };
  const take = (event: CoreEvent): void => {
    if (event.type === 'request-routed') {
      const { provider, atMs } = event;
      calls.set(provider, (calls.get(provider) ?? 0) + 1);
      const why = whyNot(event);
      if (why !== undefined) strays.push({ provider, atMs, why });
    } else if (event.type === 'breaker-changed') {
      const before = breakers.get(event.provider);
      breakers.set(event.provider, event);
      probesDue.delete(event.provider);
      if (event.state === 'OPEN') seen.rests += 1;
      if (event.state !== 'HALF_OPEN') return;
      seen.probes += 1;
      // A breaker that is not due yet has no probe to give.
      if ((before?.openUntilMs ?? 0) <= event.atMs) probesDue.add(event.provider);
    } else if (event.type === 'account-changed' && event.provider !== undefined) {
      // Without a provider it tells of a key that works again, not of a rest.
      const { connectionId, model, untilMs = 0, atMs } = event;
      restUntilMs.set(model === undefined ? connectionId : `${connectionId}\n${model}`, untilMs);
      if (untilMs > atMs) seen.rests += 1;
    }
  };
  events.subscribe(take, ['request-routed', 'breaker-changed', 'account-changed']);
  return seen;
}
