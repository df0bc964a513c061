/** What is kept by the id or name of something else, and goes with it: network proxies, limits, strategies. */
import type { ManagementServices } from './services.ts';

/** A connection was removed. */
export function forgetConnection({ proxies, quotas, settings, resilience }: ManagementServices, id: string): void {
  proxies.remove('key', id);
  quotas.forget(id);
  const { [id]: limits, ...rateLimits } = settings.current().rateLimits;
  if (limits !== undefined) settings.change({ rateLimits });
  resilience.reset({ connectionId: id });
}

/** A custom endpoint was removed; rows of the table stay, whatever was set for them. */
export function forgetProvider({ proxies, resilience }: ManagementServices, id: string): void {
  proxies.remove('provider', id);
  resilience.reset({ provider: id });
}

/** A combo was removed, or renamed: then its proxy goes with it to the new name. */
export function forgetCombo({ proxies }: ManagementServices, name: string, renamedTo?: string): void {
  const proxy = proxies.get('combo', name);
  if (proxy === undefined) return;
  if (renamedTo !== undefined) proxies.set('combo', renamedTo, proxy);
  proxies.remove('combo', name);
}
