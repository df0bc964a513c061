/**
 * What happens in the gateway, as it happens: one stream for the whole dashboard, opened with the first listener and again
 * whenever it breaks. Each kind of fact also says which data on screen is old by now.
 */
import { useEffect, useRef } from 'react';
import { api, type Outputs, queries, queryClient } from './api.ts';

type Iterated<Stream> = Stream extends AsyncIterator<infer Event> ? Event : never;
export type LiveEvent = Iterated<Outputs['live']['events']>;
type Listener = (event: LiveEvent) => void;

const RETRY_MS = { first: 500, most: 3_000 };
/** Facts come in bursts; data is asked for anew at most this often. */
const RENEWAL_MS = 500;

/** Which queries a fact makes old. */
const MADE_OLD: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'request-ended': [
    ...[queries.live.snapshot.key(), queries.usage.key(), queries.usageLogs.key(), queries.budget.key()],
    queries.comboTests.metrics.key(),
  ],
  'account-changed': [queries.providers.key(), queries.resilience.key(), queries.monitoring.key()],
  'breaker-changed': [queries.resilience.key(), queries.monitoring.key()],
  'lockout-changed': [queries.policies.key()],
  'budget-reached': [queries.budget.key()],
  'quota-changed': [queries.quotas.key()],
  'login-changed': [queries.oauth.session.key(), queries.providers.key()],
  'configuration-changed': [
    ...[
      queries.knownProviders.key(),
      queries.providers.key(),
      queries.providerNodes.key(),
      queries.combos.key(),
      queries.keys.key(),
    ],
    ...[queries.settings.key(), queries.models.key(), queries.pricing.key(), queries.fallbackChains.key()],
  ],
};

const listeners = new Set<Listener>();
let stop: (() => void) | undefined;

/** Calls `listener` for every fact while the component is shown. */
export function useLiveEvents(listener: Listener): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const call: Listener = (event) => latest.current(event);
    listeners.add(call);
    stop ??= openStream();
    return () => {
      listeners.delete(call);
      if (listeners.size > 0) return;
      stop?.();
      stop = undefined;
    };
  }, []);
}

/** Renews data by the facts; the frame holds it for as long as it is shown. */
export function useRenewalByFacts(): void {
  const old = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLiveEvents(({ type }) => {
    if (type === 'missed') void queryClient.invalidateQueries();
    for (const key of MADE_OLD[type] ?? []) old.current.add(JSON.stringify(key));
    if (old.current.size === 0) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const keys = [...old.current];
      old.current.clear();
      for (const key of keys) void queryClient.invalidateQueries({ queryKey: JSON.parse(key) });
    }, RENEWAL_MS);
  });
}

function openStream(): () => void {
  const controller = new AbortController();
  void (async () => {
    let waitMs = RETRY_MS.first;
    let wasOpen = false;
    while (!controller.signal.aborted) {
      try {
        const events = await api.live.events(undefined, { signal: controller.signal });
        // What happened in between was heard by nobody.
        if (wasOpen) void queryClient.invalidateQueries();
        wasOpen = true;
        for await (const event of events) {
          waitMs = RETRY_MS.first;
          for (const listener of listeners) listener(event);
        }
      } catch {
        // Whether the gateway is gone or the session: asking who we are tells, and shows it.
        waitMs = Math.min(waitMs * 2, RETRY_MS.most);
      }
      if (controller.signal.aborted) return;
      void queryClient.invalidateQueries({ queryKey: queries.auth.status.key() });
      await pause(waitMs, controller.signal);
    }
  })();
  return () => controller.abort();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
