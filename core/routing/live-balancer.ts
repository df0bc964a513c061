/** The balancer as it runs: what was used so far, who has a session where. See `balancer.ts` for the contract. */
import { LRUCache } from 'lru-cache';
import type { Account } from '../accounts/accounts.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import { type AccountStrategy, type AccountUse, chooseAccount, UNUSED } from './account-order.ts';
import type { Balancer } from './balancer.ts';
import { openComboMetrics } from './combo-metrics.ts';
import type { Plan } from './plan.ts';
import { resolve } from './resolve.ts';
import type { Snapshot } from './snapshot.ts';

export interface BalancerPorts {
  readonly keyValues: KeyValueRepository;
  readonly clock: Clock;
  readonly log: Log;
  /** The strategy in force for a provider's id. */
  strategyOf(providerId: string): AccountStrategy;
  /** Requests in a row that round-robin gives one account. */
  stickyLimit(): number;
  /** From 0 to 1, exclusive. Default: Math.random. */
  random?(): number;
}

/** Sessions and accounts that are remembered. */
const SESSIONS_MAX = 10_000;
const ACCOUNTS_MAX = 10_000;
/** Plans that are kept for the picture of the moment, by what was asked for. */
const PLANS_MAX = 500;

export function createBalancer(ports: BalancerPorts): Balancer {
  const random = ports.random ?? Math.random;
  const metrics = openComboMetrics(ports);
  const uses = new LRUCache<string, AccountUse>({ max: ACCOUNTS_MAX });
  /** By provider: who was chosen last. */
  const latest = new Map<string, string>();
  const sessions = new LRUCache<string, string>({ max: SESSIONS_MAX });
  const inputs = { random, turnOf: metrics.turnOf, usesOf: metrics.usesOf };
  let turn = 0;
  /** The picture seen last, and the plans made from it that neither chance nor a combo's turn had a part in. */
  let seen: Snapshot | undefined;
  const plans = new LRUCache<string, Plan>({ max: PLANS_MAX });

  const used = (provider: string, id: string): void => {
    const before = uses.get(id) ?? UNUSED;
    turn += 1;
    uses.set(id, { ...before, lastTurn: turn, streak: latest.get(provider) === id ? before.streak + 1 : 1 });
    latest.set(provider, id);
  };
  return {
    plan(model, clientFormat, snapshot) {
      if (snapshot !== seen) {
        seen = snapshot;
        plans.clear();
        metrics.keepOnly(snapshot.comboByName);
      }
      const asked = `${clientFormat} ${model}`;
      const kept = plans.get(asked);
      if (kept !== undefined) return kept;
      const plan = resolve(model, clientFormat, snapshot, inputs);
      if (plan.comboName === undefined && plan.legs.every(({ combo }) => combo === undefined)) plans.set(asked, plan);
      return plan;
    },
    choose(leg, ready, session) {
      const provider = leg.provider.id;
      const place = session === undefined ? undefined : `${provider}\n${session}`;
      const kept = place === undefined ? undefined : sessions.get(place);
      const chosen =
        ready.find(({ id }) => id === kept) ??
        chooseAccount(ready, {
          strategy: ports.strategyOf(provider),
          stickyLimit: ports.stickyLimit(),
          useOf: (id) => uses.get(id) ?? UNUSED,
          random,
        });
      if (chosen === undefined) throw new RangeError('There is no account to choose from.');
      if (place !== undefined) sessions.set(place, chosen.id);
      used(provider, chosen.id);
      return chosen;
    },
    note(leg, result) {
      if (leg.combo !== undefined) metrics.noteModel(leg.combo.name, leg.combo.entry, result);
    },
    noteAccount(account: Account, ok) {
      const use = uses.get(account.id);
      if (use !== undefined && use.hasFailed === ok) uses.set(account.id, { ...use, hasFailed: !ok });
    },
    metrics: metrics.all,
    noteRequest: metrics.noteRequest,
    flush: metrics.flush,
  };
}
