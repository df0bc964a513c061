/**
 * Who uses the gateway now: a session for each `X-Session-Id`, and for clients that name none one for each program and API
 * key. Kept in memory for half an hour after the last request, the least recent dropped first.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { RequestWatch } from './ledger.ts';

export interface ClientSession {
  /** The client's own id, or the program and key. */
  readonly id: string;
  readonly isNamed: boolean;
  readonly client?: string;
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
  readonly startedAtMs: number;
  readonly lastActiveAtMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly tokens: number;
  /** US dollars. */
  readonly costUsd: number;
  /** Of the last request that reached one. */
  readonly provider?: string;
  readonly model?: string;
  readonly connectionId?: string;
}

export interface ClientSessions extends RequestWatch {
  /** The most recent first. */
  list(): readonly ClientSession[];
}

const SESSIONS_MAX = 500;
const IDLE_MS = 1_800_000;

export function createClientSessions(clock: Clock): ClientSessions {
  const sessions = new LRUCache<string, ClientSession>({ max: SESSIONS_MAX });
  const isOver = ({ lastActiveAtMs }: ClientSession): boolean => lastActiveAtMs < clock.nowMs() - IDLE_MS;
  return {
    began: () => undefined,
    routed: () => undefined,
    ended(ledger, record) {
      const { client, apiKeyId, apiKeyName, startedAtMs, provider, model, connectionId } = record;
      const id = ledger.session ?? `${client ?? 'unknown'} ${apiKeyName ?? ''}`.trim();
      const key = ledger.session === undefined ? `client\n${client}\n${apiKeyId}` : `named\n${id}\n${apiKeyId}`;
      const known = sessions.get(key);
      const before = known === undefined || isOver(known) ? undefined : known;
      sessions.set(key, {
        ...{ id, isNamed: ledger.session !== undefined },
        ...(client !== undefined && { client }),
        ...(apiKeyId !== undefined && { apiKeyId }),
        ...(apiKeyName !== undefined && { apiKeyName }),
        startedAtMs: before?.startedAtMs ?? startedAtMs,
        lastActiveAtMs: startedAtMs + record.durationMs,
        requests: (before?.requests ?? 0) + 1,
        failures: (before?.failures ?? 0) + (record.outcome === 'ok' || record.outcome === 'cancelled' ? 0 : 1),
        tokens: (before?.tokens ?? 0) + record.tokensInput + record.tokensOutput,
        costUsd: (before?.costUsd ?? 0) + (record.costUsd ?? 0),
        ...placeOf(before),
        ...(provider !== '' && { provider, model, ...(connectionId !== undefined && { connectionId }) }),
      });
    },
    list: () => [...sessions.values()].filter((session) => !isOver(session)),
  };
}

function placeOf(before: ClientSession | undefined): Pick<ClientSession, 'provider' | 'model' | 'connectionId'> {
  return {
    ...(before?.provider !== undefined && { provider: before.provider }),
    ...(before?.model !== undefined && { model: before.model }),
    ...(before?.connectionId !== undefined && { connectionId: before.connectionId }),
  };
}
