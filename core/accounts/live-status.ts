/**
 * What live traffic tells about an account's key: refused by its provider, it shows as failing until it is changed,
 * tested or answers again. Written in passing: a failing write is logged, and the request goes on.
 */
import type { Clock } from '../base/clock.ts';
import type { OmniError } from '../base/errors.ts';
import { type EventSink, noEvents } from '../base/event-bus.ts';
import type { Log } from '../base/log.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { Change, Store } from '../store/store.ts';

export interface LiveStatus {
  /** The provider refused this account's key (`upstream_auth`); other errors say nothing about the key. */
  refused(connectionId: string, error: OmniError): void;
  /** The account answered. */
  answered(connectionId: string): void;
}

export function createLiveStatus(parts: {
  readonly store: Pick<Store, 'connections'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when an account is refused, and when it is good again. */
  readonly events?: EventSink;
}): LiveStatus {
  /** Accounts that were refused since the start. */
  const refused = new Set<string>();
  const { events = noEvents, clock } = parts;
  const write = (id: string, change: Change<ConnectionRecord>): void => {
    try {
      parts.store.connections.update(id, change);
    } catch (cause) {
      parts.log.warn('The status of an account could not be noted.', { id, reason: String(cause) });
    }
  };
  return {
    refused(id, error) {
      if (error.code !== 'upstream_auth' || refused.has(id)) return;
      refused.add(id);
      const atMs = clock.nowMs();
      write(id, { testStatus: 'error', lastError: error.message, lastErrorAtMs: atMs });
      events.emit({ type: 'account-changed', atMs, connectionId: id, state: 'refused', message: error.message });
    },
    answered(id) {
      if (!refused.delete(id)) return;
      write(id, { testStatus: 'active', lastError: undefined, lastErrorAtMs: undefined });
      events.emit({ type: 'account-changed', atMs: clock.nowMs(), connectionId: id, state: 'good' });
    },
  };
}
