/**
 * The requests under way, from the moment their model is known until their row is durable, and the live events about
 * them. What is asked for is made when it is asked for: a request costs an entry in a set, and no event while nobody listens.
 */
import type { Clock } from '../base/clock.ts';
import type { EventBus, RequestEnded } from '../base/event-bus.ts';
import { compact } from '../base/json.ts';
import type { UsageRecord } from '../store/records.ts';
import type { Ledger, RequestWatch } from './ledger.ts';

/** One request under way. */
export interface ActiveRequest {
  readonly id: string;
  readonly startedAtMs: number;
  /** As asked for. */
  readonly requestedModel: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly attempts: number;
  /** The client gets its answer already. */
  readonly isAnswering: boolean;
  /** Of the attempt under way; absent while it waits for its turn. */
  readonly provider?: string;
  readonly model?: string;
  readonly connectionId?: string;
  readonly client?: string;
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
}

export interface ActiveRequests extends RequestWatch {
  /** In the order of their begin. */
  list(): readonly ActiveRequest[];
  count(): number;
}

export function createActiveRequests({ events, clock }: { events: EventBus; clock: Clock }): ActiveRequests {
  const active = new Set<Ledger>();
  return {
    list: () => [...active].map((ledger) => ledger.view()),
    count: () => active.size,
    began(ledger) {
      active.add(ledger);
      if (!events.isHeard('request-started')) return;
      const { id, startedAtMs: atMs, requestedModel: model, endpoint, stream, ...view } = ledger.view();
      const { client, apiKeyId, apiKeyName } = view;
      const names = compact({ client, apiKeyId, apiKeyName });
      events.emit({ type: 'request-started', atMs, id, model, endpoint, stream, ...names });
    },
    routed(ledger) {
      if (!events.isHeard('request-routed')) return;
      const { id, provider = '', model = '', connectionId, attempts: attempt } = ledger.view();
      const place = { provider, model, ...compact({ connectionId }) };
      events.emit({ type: 'request-routed', atMs: clock.nowMs(), id, attempt, ...place });
    },
    ended(ledger, record) {
      active.delete(ledger);
      if (events.isHeard('request-ended')) events.emit(endedEvent(record));
    },
  };
}

function endedEvent(record: UsageRecord): RequestEnded {
  const { id, requestedModel, provider, model, outcome, status, attempts, durationMs } = record;
  const { connectionId, comboName, apiKeyId, client, errorCode, servedFrom, firstContentMs, savedUsd } = record;
  const { tokensInput, tokensOutput, costUsd } = record;
  return {
    type: 'request-ended',
    atMs: record.startedAtMs + durationMs,
    ...{ id, requestedModel, provider, model, outcome, status, attempts, durationMs },
    ...{ tokensInput, tokensOutput, costUsd },
    ...compact({ connectionId, comboName, apiKeyId, client, errorCode, servedFrom, firstContentMs, savedUsd }),
  };
}
