/**
 * What live traffic tells about an account's key: refused by its provider, it shows as failing until it is changed,
 * tested or answers again. Written in passing: a failing write is logged, and the request goes on.
 */
import type { Clock } from '../base/clock.ts';
import type { OmniError } from '../base/errors.ts';
import { type EventSink, noEvents } from '../base/event-bus.ts';
import type { Log } from '../base/log.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { isOver } from './account-parts.ts';

export interface LiveStatus {
  /** The provider refused this account's key (`upstream_auth`); other errors say nothing about the key. */
  refused(connectionId: string, error: OmniError): void;
  /** The account answered. */
  answered(connectionId: string): void;
}

/** An account that answers is looked at so often: its status may have been written elsewhere meanwhile. */
const LOOK_MS = 60_000;

export function createLiveStatus(parts: {
  readonly store: Pick<Store, 'connections'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when an account is refused, and when it is good again. */
  readonly events?: EventSink;
}): LiveStatus {
  /** When accounts that answer were looked at, on the clock that does not jump. */
  const lookedAtMs = new Map<string, number>();
  const { events = noEvents, clock } = parts;
  const { connections } = parts.store;
  const note = (id: string, work: (status: ConnectionRecord['testStatus']) => void): void => {
    try {
      const account = connections.get(id);
      // A login that is over is told as that.
      if (account !== undefined && !isOver(account)) work(account.testStatus);
    } catch (cause) {
      parts.log.warn('The status of an account could not be noted.', { id, reason: String(cause) });
    }
  };
  return {
    refused(id, error) {
      if (error.code !== 'upstream_auth') return;
      lookedAtMs.delete(id);
      note(id, (status) => {
        if (status === 'error') return;
        const atMs = clock.nowMs();
        connections.update(id, { testStatus: 'error', lastError: error.message, lastErrorAtMs: atMs });
        events.emit({ type: 'account-changed', atMs, connectionId: id, state: 'refused', message: error.message });
      });
    },
    answered(id) {
      const nowMs = performance.now();
      if (nowMs - (lookedAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < LOOK_MS) return;
      lookedAtMs.set(id, nowMs);
      note(id, (status) => {
        if (status !== 'error' && status !== 'unavailable' && status !== 'expired') return;
        connections.update(id, { testStatus: 'active', lastError: undefined, lastErrorAtMs: undefined });
        events.emit({ type: 'account-changed', atMs: clock.nowMs(), connectionId: id, state: 'good' });
      });
    },
  };
}
