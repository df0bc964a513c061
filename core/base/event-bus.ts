/**
 * Facts about what the core does, told to whoever listens: the dashboard, the tray, notifications. Events are plain JSON
 * without secrets, they are told after the fact and steer nothing. A listener that throws is left out of it: the one who
 * emits never notices. Times are milliseconds since the epoch.
 */
import { BoundedStream } from './bounded-stream.ts';
import { OmniError } from './errors.ts';
import type { Log } from './log.ts';

/** A request came in. Model: as asked for. */
export interface RequestStarted {
  readonly type: 'request-started';
  readonly atMs: number;
  readonly id: string;
  readonly model: string;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly client?: string;
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
}

/** An attempt of a request began; there may be several. */
export interface RequestRouted {
  readonly type: 'request-routed';
  readonly atMs: number;
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly connectionId?: string;
  /** 1 for the first. */
  readonly attempt: number;
}

/** A request is over and recorded. Provider and model are empty when no target was reached. */
export interface RequestEnded {
  readonly type: 'request-ended';
  readonly atMs: number;
  readonly id: string;
  readonly requestedModel: string;
  readonly provider: string;
  readonly model: string;
  readonly connectionId?: string;
  readonly comboName?: string;
  readonly apiKeyId?: string;
  readonly client?: string;
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'cut';
  readonly status: number;
  readonly errorCode?: string;
  readonly servedFrom?: string;
  readonly attempts: number;
  readonly durationMs: number;
  readonly firstContentMs?: number;
  readonly tokensInput: number;
  readonly tokensOutput: number;
  /** US dollars; null: the price is unknown. */
  readonly costUsd: number | null;
  readonly savedUsd?: number;
}

/** How an account stands: its provider refused the key, its login ran out, it rests until a time, it is good again. */
export interface AccountChanged {
  readonly type: 'account-changed';
  readonly atMs: number;
  readonly connectionId: string;
  readonly state: 'refused' | 'expired' | 'resting' | 'good';
  readonly provider?: string;
  /** Of the account, where only this one rests. */
  readonly model?: string;
  /** For people. */
  readonly message?: string;
  readonly untilMs?: number;
}

export interface BreakerChanged {
  readonly type: 'breaker-changed';
  readonly atMs: number;
  readonly provider: string;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly openUntilMs?: number;
}

/** What an account may still use was read anew. */
export interface QuotaChanged {
  readonly type: 'quota-changed';
  readonly atMs: number;
  readonly connectionId: string;
  readonly provider: string;
}

/** An API key's spending came near its limit, or reached it; told once a period. US dollars. */
export interface BudgetReached {
  readonly type: 'budget-reached';
  readonly atMs: number;
  readonly apiKeyId: string;
  readonly level: 'warning' | 'reached';
  readonly period: 'day' | 'week' | 'month';
  readonly usedUsd: number;
  readonly limitUsd: number;
}

/** Something of the configuration was written. */
export interface ConfigurationChanged {
  readonly type: 'configuration-changed';
  readonly atMs: number;
  /** `settings`, or `routing` for all that requests are routed by: connections, nodes, combos, models, prices, keys. */
  readonly area: 'settings' | 'routing';
}

/** A login at a provider went on. */
export interface LoginChanged {
  readonly type: 'login-changed';
  readonly atMs: number;
  readonly sessionId: string;
  readonly provider: string;
  readonly state: string;
  readonly connectionId?: string;
}

/** An address was locked out of the dashboard's login, or let in again. */
export interface LockoutChanged {
  readonly type: 'lockout-changed';
  readonly atMs: number;
  /** An address or a network; `*`: everybody. */
  readonly identifier: string;
  /** null: not locked any more. */
  readonly untilMs: number | null;
}

/** The gateway was paused, resumed, or moved to another address. */
export interface GatewayChanged {
  readonly type: 'gateway-changed';
  readonly atMs: number;
  readonly isPaused: boolean;
  readonly host: string;
  readonly port: number;
}

export type CoreEvent =
  | RequestStarted
  | RequestRouted
  | RequestEnded
  | AccountChanged
  | BreakerChanged
  | QuotaChanged
  | BudgetReached
  | ConfigurationChanged
  | LoginChanged
  | LockoutChanged
  | GatewayChanged;

/** So many events did not fit: whoever keeps a picture of them takes a new one. */
export interface EventsMissed {
  readonly type: 'missed';
  readonly count: number;
}

export interface EventSink {
  emit(event: CoreEvent): void;
}

type Listener = (event: CoreEvent) => void;

export interface EventBus extends EventSink {
  /** False: an event of this type need not be made. */
  isHeard(type: CoreEvent['type']): boolean;
  /**
   * Calls `listener` with each event, or each of these types, until the result is called. Throws `exhausted` beyond the
   * number of listeners.
   */
  subscribe(listener: Listener, types?: readonly CoreEvent['type'][]): () => void;
  /** The events from now on, as fast as they are read; more than a queue holds become one `missed`. Ends with the bus. */
  stream(): BoundedStream<CoreEvent, EventsMissed>;
  /** Ends every stream; nothing is told any more. */
  close(): void;
}

const LISTENERS_MAX = 200;
const QUEUED_MAX = 1_000;

export function createEventBus(log: Log): EventBus {
  /** Each with the types it wants; undefined: all. */
  const listeners = new Map<Listener, ReadonlySet<string> | undefined>();
  const streams = new Set<BoundedStream<CoreEvent, EventsMissed>>();
  let isClosed = false;
  const subscribe: EventBus['subscribe'] = (listener, types) => {
    if (listeners.size >= LISTENERS_MAX)
      throw new OmniError('exhausted', `More than ${LISTENERS_MAX} listen to live events already. Close some.`);
    const own = (event: CoreEvent): void => listener(event);
    listeners.set(own, types && new Set(types));
    return () => void listeners.delete(own);
  };
  return {
    isHeard(type) {
      for (const types of listeners.values()) if (types === undefined || types.has(type)) return true;
      return false;
    },
    emit(event) {
      for (const [listener, types] of listeners) {
        if (types !== undefined && !types.has(event.type)) continue;
        try {
          listener(event);
        } catch (cause) {
          log.warn('A listener to live events failed.', { event: event.type, reason: String(cause) });
        }
      }
    },
    subscribe,
    stream() {
      const stream = new BoundedStream<CoreEvent, EventsMissed>({
        limit: QUEUED_MAX,
        onMissed: (count) => ({ type: 'missed', count }),
        onEnd: () => {
          streams.delete(stream);
          forget();
        },
      });
      const forget = subscribe((event) => stream.push(event));
      streams.add(stream);
      if (isClosed) stream.end();
      return stream;
    },
    close() {
      isClosed = true;
      for (const stream of [...streams]) stream.end();
      listeners.clear();
    },
  };
}

/** For parts that are tested or used without a bus. */
export const noEvents: EventSink = { emit: () => undefined };
