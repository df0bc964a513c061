/**
 * Opens the keeper of quotas: it hears from the traffic which accounts are used and which were refused for a limit, reads
 * in the background, and tells routing what is used up.
 */
import { createQuotaKeeper, type QuotaKeeper, type QuotaKeeperParts } from './accounts/quota/quota-keeper.ts';
import type { CoreEvent, EventBus } from './base/event-bus.ts';
import { globMatches } from './base/glob.ts';
import type { QuotaWindow } from './providers/quota.ts';
import type { Resilience } from './routing/resilience.ts';
import type { ModelCatalog } from './routing/snapshot.ts';
import type { ConnectionRecord } from './store/records.ts';

export interface QuotaParts extends Omit<QuotaKeeperParts, 'onRead'> {
  readonly events: EventBus;
  readonly resilience: Pick<Resilience, 'told'>;
  catalog(): Pick<ModelCatalog, 'list'>;
}

export interface OpenQuotas {
  readonly quotas: QuotaKeeper;
  close(): void;
}

const SWEEP_MS = 60_000;
/** So long after a start, a login or a refusal, that a burst of them is one sweep. */
const SOON_MS = 2_000;

export function openQuotas(parts: QuotaParts): OpenQuotas {
  const routing = new UsedUpPlaces(parts);
  const quotas = createQuotaKeeper({
    ...parts,
    onRead: (connection, usedUp, before) => routing.tell(connection, usedUp, before),
  });
  let timer: NodeJS.Timeout;
  let isSoon = true;
  const next = (afterMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isSoon = false;
      void quotas.sweep().finally(() => {
        if (!isSoon) next(SWEEP_MS);
      });
    }, afterMs).unref();
  };
  const soon = (): void => {
    if (isSoon) return;
    isSoon = true;
    next(SOON_MS);
  };
  const forget = parts.events.subscribe((event) => {
    const use = useIn(event);
    if (use === undefined || routing.isTelling) return;
    quotas.used(use.connectionId, use.isLimited);
    if (use.isLimited || event.type === 'account-changed') soon();
  }, TELL_OF_USE);
  next(SOON_MS);
  return {
    quotas,
    close() {
      forget();
      isSoon = true;
      clearTimeout(timer);
    },
  };
}

const TELL_OF_USE = ['request-ended', 'account-changed'] as const;

/** Of a request that ended, or of an account that begins to rest or was signed in to. */
function useIn(event: CoreEvent): { readonly connectionId: string; readonly isLimited: boolean } | undefined {
  const { type } = event;
  if ((type !== 'request-ended' && type !== 'account-changed') || event.connectionId === undefined) return undefined;
  const { connectionId } = event;
  if (type === 'account-changed') return { connectionId, isLimited: event.state === 'resting' };
  return { connectionId, isLimited: event.status === 429 };
}

/** The same reset, told as a span of time, differs by so much from reading to reading. */
const SAME_RESET_MS = 60_000;

interface Limit {
  readonly untilMs: number;
  readonly message: string;
}

/** What routing is told to leave alone, and when that is over. */
class UsedUpPlaces {
  readonly #parts: Pick<QuotaParts, 'resilience' | 'catalog'>;
  /** Events that are heard meanwhile are our own. */
  isTelling = false;

  constructor(parts: Pick<QuotaParts, 'resilience' | 'catalog'>) {
    this.#parts = parts;
  }

  /** `before`: by the reading before this one, which an earlier process may have told. */
  tell(connection: ConnectionRecord, usedUp: readonly QuotaWindow[], before: readonly QuotaWindow[]): void {
    const now = this.#limitsOf(connection, usedUp);
    const { id: connectionId, provider } = connection;
    const place = (model: string | undefined) => ({
      ...{ provider, connectionId },
      ...(model !== undefined && { model }),
    });
    this.isTelling = true;
    try {
      for (const [model, { untilMs }] of this.#limitsOf(connection, before))
        if ((now.get(model)?.untilMs ?? 0) < untilMs - SAME_RESET_MS)
          this.#parts.resilience.told(place(model), undefined);
      for (const [model, limit] of now) this.#parts.resilience.told(place(model), limit);
    } finally {
      this.isTelling = false;
    }
  }

  /** By model; undefined is the whole account. */
  #limitsOf({ provider, name }: ConnectionRecord, usedUp: readonly QuotaWindow[]): Map<string | undefined, Limit> {
    const limits = new Map<string | undefined, Limit>();
    for (const window of usedUp) {
      const untilMs = window.resetAtMs ?? 0;
      const message = `The quota "${window.name}" of ${name} is used up until its reset.`;
      for (const model of this.#modelsOf(provider, window))
        if (untilMs > (limits.get(model)?.untilMs ?? 0)) limits.set(model, { untilMs, message });
    }
    return limits;
  }

  #modelsOf(provider: string, { models }: QuotaWindow): readonly (string | undefined)[] {
    if (models === undefined) return [undefined];
    if (models.length === 0) return [];
    const known = this.#parts
      .catalog()
      .list(provider)
      .map(({ id }) => id);
    const plain = models.filter((glob) => !glob.includes('*'));
    return [...new Set([...plain, ...known.filter((id) => models.some((glob) => globMatches(glob, id)))])];
  }
}
