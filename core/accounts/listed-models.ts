/**
 * The models that custom endpoints and local servers list themselves: no catalog knows them, yet people want to see them
 * in their tools' pickers. Asked for when someone looks, kept for ten minutes and in the store, so that a restart or a
 * sleeping server shows what was there last.
 */
import type { Clock } from '../base/clock.ts';
import { asArray } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import type { Account, Accounts } from './accounts.ts';

const NAMESPACE = 'listedModels';
const FRESH_MS = 600_000;
const MODELS_LIMIT = 2_000;

export interface ListedModels {
  /** What the provider listed last; empty when it was never asked. */
  of(providerId: string): readonly string[];
  /** Asks the accounts' providers whose list is stale, at most once at a time each; waits for them up to `waitMs`. */
  refresh(accounts: readonly Account[], waitMs: number): Promise<void>;
}

export interface ListedModelsPorts {
  readonly accounts: Pick<Accounts, 'fetchModels'>;
  readonly keyValues: KeyValueRepository;
  readonly clock: Clock;
  readonly log: Log;
}

export function createListedModels(ports: ListedModelsPorts): ListedModels {
  const askedAtMs = new Map<string, number>();
  const underWay = new Map<string, Promise<void>>();

  const ask = async ({ id, provider }: Account): Promise<void> => {
    try {
      const models = await ports.accounts.fetchModels(id);
      ports.keyValues.set(NAMESPACE, provider, models.slice(0, MODELS_LIMIT));
    } catch (cause) {
      ports.log.info('A provider did not list its models.', {
        provider,
        reason: cause instanceof Error ? cause.message : 'unknown',
      });
    } finally {
      underWay.delete(provider);
    }
  };

  return {
    of: (providerId) =>
      asArray(ports.keyValues.get(NAMESPACE, providerId)).filter((model): model is string => typeof model === 'string'),
    async refresh(accounts, waitMs) {
      const nowMs = ports.clock.nowMs();
      for (const account of accounts) {
        if (nowMs - (askedAtMs.get(account.provider) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) continue;
        askedAtMs.set(account.provider, nowMs);
        underWay.set(account.provider, ask(account));
      }
      if (underWay.size === 0) return;
      await Promise.race([Promise.all(underWay.values()), wait(waitMs)]);
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
