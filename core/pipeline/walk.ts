/**
 * The attempt loop: the plan's legs in order, on each the accounts that stand ready, one after the other, until one
 * answers. What a failure means is the fallback table's to say; how everything stands is resilience's. This module acts
 * on both and gives up within bounds of its own.
 */
import type { Account } from '../accounts/accounts.ts';
import { OmniError, toOmniError } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import { verdictOf } from '../routing/fallback-table.ts';
import { combosOf, type Leg, type Plan, type Target, targetOf } from '../routing/plan.ts';
import type { Permit } from '../routing/resilience.ts';
import { isOpen } from '../routing/snapshot.ts';
import { withCredential } from '../upstream/ready.ts';
import { type Attempt, watchAttempt } from './attempt.ts';
import type { Exchange, Reply } from './exchange.ts';
import { Exhaustion } from './exhaustion.ts';
import { withRoute } from './route-headers.ts';
import { sessionIdOf } from './session-id.ts';
import type { WalkPorts } from './walk-ports.ts';

export type Work = (attempt: Attempt) => Promise<Reply>;

/** At most this many attempts for one request. */
const ATTEMPT_LIMIT = 20;
/** No new attempt begins, and nobody waits, after this time. */
const WALK_LIMIT_MS = 300_000;
/** So long a request waits for its turn at one model while another one stands ready. */
const PATIENCE_MS = 2_000;
/** So long in all a request waits, while nothing stands ready, for one that rests and was not called yet. */
const REST_PATIENCE_MS = 5_000;

/** Runs the exchange's plan. Throws the last failure, or what `Exhaustion` makes of all of them. */
export function walk(exchange: Exchange, ports: WalkPorts, work: Work): Promise<Reply> {
  const plan = ports.balancer.plan(exchange.model, exchange.format, exchange.snapshot);
  return new Walk(exchange, ports, plan).run(work);
}

class Walk {
  readonly #exchange: Exchange;
  readonly #ports: WalkPorts;
  readonly #legs: readonly Leg[];
  readonly #comboName: string | undefined;
  readonly #startedMs = performance.now();
  readonly #exhaustion: Exhaustion;
  /** The accounts that failed, by leg: none is called twice. */
  readonly #tried = new Map<Leg, Set<Account | undefined>>();
  #attempts = 0;

  constructor(exchange: Exchange, ports: WalkPorts, plan: Plan) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#legs = plan.legs.filter((leg) => this.#isAllowed(leg));
    this.#comboName = plan.comboName;
    this.#exhaustion = new Exhaustion(this.#legs);
    exchange.ledger.walk(plan.comboName);
  }

  async run(work: Work): Promise<Reply> {
    this.#noteCombo();
    const legs = this.#legs;
    const restUntilMs = this.#startedMs + REST_PATIENCE_MS;
    for (;;) {
      for (const [at, leg] of legs.entries()) {
        const reply = await this.#tryLeg(leg, work, at);
        if (reply !== undefined) return reply;
        if (this.#isOver()) throw this.#exhaustion.error();
      }
      // Nothing stands ready. What was not called yet may do so in a moment: better than an error that says so.
      const waitMs = this.#shortestRestMs(legs);
      const leftMs = restUntilMs - performance.now();
      if (waitMs === undefined || leftMs <= 0 || (Number.isFinite(waitMs) && waitMs > leftMs)) break;
      await this.#ports.resilience.changed(Math.min(waitMs, leftMs), this.#exchange.cancellation);
    }
    for (const leg of legs) this.#noteSkipped(leg);
    throw this.#exhaustion.error();
  }

  /**
   * How long until one that was not called yet has rested; infinite: until the probe of an open breaker tells, whose time
   * is over; undefined: there is none.
   */
  #shortestRestMs(legs: readonly Leg[]): number | undefined {
    const restsMs = legs.flatMap((leg) =>
      accountsOf(leg).flatMap((account) => {
        if (this.#hasTried(leg, account) || this.#isGone(leg, account)) return [];
        const standing = this.#ports.resilience.standing(leg, account);
        if (standing.state === 'ready') return [0];
        if (standing.state === 'wait') return [];
        const restMs = standing.untilMs - Date.now();
        return [standing.state === 'open' && restMs <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, restMs)];
      }),
    );
    return restsMs.length === 0 ? undefined : Math.min(...restsMs);
  }

  #hasTried(leg: Leg, account: Account | undefined): boolean {
    return this.#tried.get(leg)?.has(account) ?? false;
  }

  /** Removed, switched off or blocked since the request came. */
  #isGone({ provider }: Leg, account: Account | undefined): boolean {
    const now = this.#ports.snapshot();
    return now !== this.#exchange.snapshot && !isOpen(now, provider.id, account?.id);
  }

  #noteTried(leg: Leg, account: Account | undefined): void {
    const tried = this.#tried.get(leg) ?? new Set();
    this.#tried.set(leg, tried.add(account));
  }

  /** Undefined when the leg has nothing left to try. */
  async #tryLeg(leg: Leg, work: Work, at: number): Promise<Reply | undefined> {
    let waitUntilMs: number | undefined;
    while (!this.#isOver()) {
      const { ready, waitMs } = this.#survey(leg);
      if (ready.length > 0) {
        const account = this.#choose(leg, ready);
        const reply = await this.#tryAccount(leg, account, work);
        if (reply !== undefined) return reply;
        this.#noteTried(leg, account);
        continue;
      }
      if (waitMs === undefined) break;
      const nowMs = performance.now();
      waitUntilMs ??= nowMs + this.#patienceMs(leg, at);
      const leftMs = Math.min(waitUntilMs, this.#startedMs + WALK_LIMIT_MS) - nowMs;
      if (leftMs <= 0 || (Number.isFinite(waitMs) && waitMs > leftMs)) break;
      await this.#ports.resilience.changed(Math.min(waitMs, leftMs), this.#exchange.cancellation, leg);
    }
    return undefined;
  }

  /** The accounts that may be called now, and how long until another one may; infinite: until some request ends. */
  #survey(leg: Leg): Survey {
    const ready: (Account | undefined)[] = [];
    let waitMs: number | undefined;
    for (const account of accountsOf(leg)) {
      if (this.#hasTried(leg, account) || this.#isGone(leg, account)) continue;
      const standing = this.#ports.resilience.standing(leg, account);
      if (standing.state === 'ready') ready.push(account);
      else if (standing.state === 'wait') {
        waitMs = Math.min(waitMs ?? Number.POSITIVE_INFINITY, standing.forMs ?? Number.POSITIVE_INFINITY);
      }
    }
    return waitMs === undefined ? { ready } : { ready, waitMs };
  }

  #choose(leg: Leg, ready: readonly (Account | undefined)[]): Account | undefined {
    const accounts = ready.filter((account) => account !== undefined);
    return accounts.length === 0
      ? undefined
      : this.#ports.balancer.choose(leg, accounts, sessionIdOf(this.#exchange.headers));
  }

  /** One account, with the retries that the combo allows. Throws what no other target can mend. */
  async #tryAccount(leg: Leg, account: Account | undefined, work: Work): Promise<Reply | undefined> {
    const target = targetOf(leg, account);
    const permit = this.#ports.resilience.begin(leg, account);
    for (let retries = leg.rules.maxRetries; ; retries -= 1) {
      const error = await this.#attempt(leg, target, permit, work);
      if (!(error instanceof OmniError)) return error;
      const verdict = verdictOf(error);
      const isTold = (error.retryAfterMs ?? 0) > leg.rules.retryDelayMs;
      if (verdict.retrySame && !isTold && retries > 0 && !this.#isOver() && !this.#exchange.cancellation.isCancelled) {
        await pause(leg.rules.retryDelayMs, this.#exchange.cancellation);
        if (!this.#isGone(leg, account) && permit.again()) continue;
      }
      permit.end(this.#isGivenUp(error) ? 'cancelled' : error);
      if (verdict.next === 'return' || this.#isGivenUp(error)) throw this.#exhaustion.named(error, target);
      if (account !== undefined) this.#ports.status.refused(account.id, error);
      this.#exhaustion.failed(target, error);
      return undefined;
    }
  }

  async #attempt(leg: Leg, target: Target, permit: Permit, work: Work): Promise<Reply | OmniError> {
    const { ledger, cancellation, scan, stream } = this.#exchange;
    const { balancer, limitsOf, dispatcherFor, proxyNameFor, showsRoute } = this.#ports;
    const ofProvider = limitsOf(target.provider.id);
    const limits = leg.rules.limits === undefined ? ofProvider : { ...ofProvider, ...leg.rules.limits };
    const watch = watchAttempt(cancellation, { limits, rules: leg.rules, stream });
    const startedMs = performance.now();
    const note = (error?: OmniError): void => {
      const ok = error === undefined;
      // What the request itself got wrong says nothing about the account.
      if (target.account !== undefined && error?.blame !== 'request') balancer.noteAccount(target.account, ok);
      balancer.note(leg, { ok, latencyMs: performance.now() - startedMs, status: error?.status ?? 200 });
    };
    this.#attempts += 1;
    const combos = [...combosOf(leg), ...(this.#exchange.triedFor ?? [])];
    ledger.attempt(target, proxyNameFor(target, combos));
    let isSent = false;
    const sent = (): void => {
      isSent = true;
    };
    try {
      const dispatcher = dispatcherFor(target, combos);
      const { cancellation } = watch;
      const heard: Attempt['heard'] = (report) => {
        ledger.heard();
        permit.heard(report);
      };
      const reply = await withCredential(target, cancellation, (ready) =>
        work({ target: ready, dispatcher, combos, limits, cancellation, sent, heard }),
      );
      watch.answered();
      permit.answered();
      if (target.account !== undefined) this.#ports.status.answered(target.account.id);
      note();
      ledger.whenClosed((outcome, error) => {
        watch.end();
        if (outcome === 'cut' && target.account !== undefined) balancer.noteAccount(target.account, false);
        permit.end(outcome === 'ok' ? 'ok' : outcome === 'cancelled' ? 'cancelled' : (error ?? cut()));
      });
      return showsRoute() ? withRoute(reply, target, this.#attempts) : reply;
    } catch (thrown) {
      watch.end();
      const error = toOmniError(thrown);
      if (!this.#isGivenUp(error)) note(error);
      // The provider has read what went out by then, and counts that.
      else if (isSent) ledger.estimate(scan, 0);
      ledger.failed(error);
      return error;
    }
  }

  /** Nobody waits for it any more, which is no failure of the provider's: the client left, or our own request took too long. */
  #isGivenUp({ code }: OmniError): boolean {
    return code === 'client_closed' || this.#exchange.cancellation.isCancelled;
  }

  /** Other names than the one asked for stand in chains: the caller's key must be allowed them too. */
  #isAllowed({ chain, provider, model }: Leg): boolean {
    return chain === undefined || this.#exchange.caller.allows(`${provider.alias}/${model}`);
  }

  #isOver(): boolean {
    return (
      this.#attempts >= ATTEMPT_LIMIT || (this.#attempts > 0 && performance.now() > this.#startedMs + WALK_LIMIT_MS)
    );
  }

  #patienceMs(leg: Leg, at: number): number {
    const isOtherReady = this.#legs.slice(at + 1).some((other) => this.#survey(other).ready.length > 0);
    return isOtherReady ? Math.min(PATIENCE_MS, leg.rules.queueTimeoutMs) : leg.rules.queueTimeoutMs;
  }

  #noteSkipped(leg: Leg): void {
    for (const account of accountsOf(leg)) {
      if (this.#hasTried(leg, account)) continue;
      const standing = this.#ports.resilience.standing(leg, account);
      const target = targetOf(leg, account);
      this.#exhaustion.passedOver(target, standing);
      this.#exchange.ledger.skipped(target, standing.state === 'cooling' ? standing.code : 'exhausted');
    }
  }

  #noteCombo(): void {
    const comboName = this.#comboName;
    if (comboName === undefined) return;
    const { ledger } = this.#exchange;
    const startedMs = performance.now();
    ledger.whenClosed((outcome) => {
      if (outcome === 'cancelled') return;
      const fallbacks = Math.max(0, ledger.attempts - 1);
      this.#ports.balancer.noteRequest(comboName, {
        ok: outcome === 'ok',
        fallbacks,
        latencyMs: performance.now() - startedMs,
      });
    });
  }
}

/** A local server without a connection is one account without a name. */
function accountsOf({ accounts }: Leg): readonly (Account | undefined)[] {
  return accounts.length > 0 ? accounts : [undefined];
}

interface Survey {
  readonly ready: readonly (Account | undefined)[];
  readonly waitMs?: number;
}

function cut(): OmniError {
  return new OmniError('upstream_stream_cut', 'The answer was cut before its end.');
}
