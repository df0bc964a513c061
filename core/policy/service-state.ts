/** Where the gateway listens, whether it is paused, and by what a second instance on the same data recognises it. */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import type { EventSink } from '../base/event-bus.ts';
import { authorityOf } from './hosts.ts';

/** The address listened on. */
export interface Bound {
  readonly host: string;
  readonly port: number;
  /** As `Host` headers name it. */
  readonly authority: string;
}

export interface ServiceState {
  /** Undefined before it listens. */
  bound(): Bound | undefined;
  listensAt(address: { readonly host: string; readonly port: number }): void;
  isPaused(): boolean;
  /** Paused, clients are told so and nothing is sent to a provider; management goes on. Ends with the process. */
  pause(isPaused: boolean): void;
  /** Throws `paused` while it is. */
  requireRunning(): void;
}

export function createServiceState({ clock, events }: { clock: Clock; events: EventSink }): ServiceState {
  let bound: Bound | undefined;
  let isPaused = false;
  const tell = (): void => {
    if (bound === undefined) return;
    events.emit({ type: 'gateway-changed', atMs: clock.nowMs(), isPaused, host: bound.host, port: bound.port });
  };
  return {
    bound: () => bound,
    listensAt({ host, port }) {
      bound = { host, port, authority: authorityOf({ host, port }) };
      tell();
    },
    isPaused: () => isPaused,
    pause(wanted) {
      if (wanted === isPaused) return;
      isPaused = wanted;
      tell();
    },
    requireRunning() {
      if (isPaused)
        throw new OmniError('paused', 'OmniRoute is paused. Resume it from its tray menu or its dashboard.');
    },
  };
}

/**
 * The same for every process that works on this database, and for no other; says nothing about where it lies to whoever
 * does not know. 16 hexadecimal digits.
 */
export function instanceId(databaseFile: string): string {
  return createHash('sha256').update(`omniroute\0${databaseFile}`).digest('hex').slice(0, 16);
}
