/** What the attempt loop acts with; `open-routing.ts` puts it together. */
import type { Dispatcher } from 'undici';
import type { LiveStatus } from '../accounts/live-status.ts';
import type { Balancer } from '../routing/balancer.ts';
import type { Target } from '../routing/plan.ts';
import type { Resilience } from '../routing/resilience.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import type { AttemptLimits } from '../upstream/send.ts';

export interface WalkPorts {
  readonly balancer: Balancer;
  readonly resilience: Resilience;
  /** The picture as it is now: a request that waited for its turn may have outlived its own. */
  snapshot(): Snapshot;
  /** The limits in force for a provider's id. */
  limitsOf(providerId: string): AttemptLimits;
  /** The connection or proxy that a call goes through. */
  dispatcherFor(target: Target, combos: readonly string[]): Dispatcher;
  /** The network proxy in force, as `socks5://host:port`; undefined: none. */
  proxyNameFor(target: Target, combos: readonly string[]): string | undefined;
  /** Are answers to name the route they took? */
  showsRoute(): boolean;
  /** What the traffic tells about the accounts. */
  readonly status: LiveStatus;
}
