/**
 * Keeps what accounts may still use: read when they were used, when their provider refused for a limit, and now and then;
 * never more often than every few minutes. What was read is kept, so that a restart knows it. What is used up is told to
 * routing, which leaves it alone until its reset.
 */
import type { Clock } from '../../base/clock.ts';
import { OmniError, toOmniError } from '../../base/errors.ts';
import type { EventSink } from '../../base/event-bus.ts';
import { compact } from '../../base/json.ts';
import type { Log } from '../../base/log.ts';
import type { Provider } from '../../providers/provider.ts';
import { isUsedUp, type QuotaWindow } from '../../providers/quota.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { AccountLogin } from '../accounts.ts';
import type { HttpSend } from '../http.ts';
import { type AccountQuota, quotaFromJson, quotaToJson } from './account-quota.ts';
import { readQuota } from './read-quota.ts';

export interface QuotaKeeperParts {
  readonly store: Pick<Store, 'connections' | 'keyValues'>;
  providers(): ReadonlyMap<string, Provider>;
  loginOf(connectionId: string): AccountLogin;
  readonly send: HttpSend;
  /** What is used up of the account now, and what was by the reading before, its resets still to come; told after each. */
  onRead(connection: ConnectionRecord, usedUp: readonly QuotaWindow[], before: readonly QuotaWindow[]): void;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly log: Log;
}

export interface KnownQuota extends Omit<AccountQuota, 'triedAtMs'> {
  readonly connection: ConnectionRecord;
}

export interface QuotaKeeper {
  /** What is known of every account whose provider tells a quota. */
  list(): readonly KnownQuota[];
  /** The quota of one account, read now unless it was a moment ago. Throws `not_found`, or that its provider tells none. */
  read(connectionId: string): Promise<KnownQuota>;
  /** A call was made with the account; `isLimited`: and refused for a limit. */
  used(connectionId: string, isLimited: boolean): void;
  /** An account was removed. */
  forget(connectionId: string): void;
  /** Reads what is due. */
  sweep(): Promise<void>;
}

const NAMESPACE = 'quotas';
/** Between two readings of one account. */
const SPACING_MS = 180_000;
/** After a refusal for a limit, which says that what was read is old. */
const LIMITED_SPACING_MS = 30_000;
/** Of an account that nobody used. */
const IDLE_MS = 3_600_000;
/** Of one that could not be read. */
const FAILED_MS = 600_000;
const READ_LIMIT_MS = 30_000;
const READS_AT_ONCE = 2;

export function createQuotaKeeper(parts: QuotaKeeperParts): QuotaKeeper {
  return new Keeper(parts);
}

class Keeper implements QuotaKeeper {
  readonly #parts: QuotaKeeperParts;
  readonly #running = new Map<string, Promise<void>>();
  /** Accounts used since they were read. */
  readonly #used = new Map<string, { isLimited: boolean }>();

  constructor(parts: QuotaKeeperParts) {
    this.#parts = parts;
  }

  list(): readonly KnownQuota[] {
    return this.#accounts().map((connection) => known(connection, this.#kept(connection.id)));
  }

  async read(connectionId: string): Promise<KnownQuota> {
    const connection = this.#accounts().find(({ id }) => id === connectionId);
    if (connection === undefined) throw this.#untold(connectionId);
    const kept = this.#kept(connectionId);
    if (kept === undefined || this.#ageMs(kept) >= LIMITED_SPACING_MS) await this.#readOnce(connection);
    return known(connection, this.#kept(connectionId));
  }

  used(connectionId: string, isLimited: boolean): void {
    const before = this.#used.get(connectionId);
    this.#used.set(connectionId, { isLimited: isLimited || before?.isLimited === true });
  }

  forget(connectionId: string): void {
    this.#used.delete(connectionId);
    this.#parts.store.keyValues.remove(NAMESPACE, connectionId);
  }

  async sweep(): Promise<void> {
    const due = this.#accounts().filter((connection) => connection.isActive && this.#isDue(connection));
    const next = async (): Promise<void> => {
      for (let one = due.pop(); one !== undefined; one = due.pop()) await this.#readOnce(one);
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, next));
  }

  #accounts(): readonly ConnectionRecord[] {
    const rows = this.#parts.providers();
    return this.#parts.store.connections
      .list()
      .filter(({ authType, provider }) => authType === 'oauth' && rows.get(provider)?.quota !== undefined);
  }

  #isDue({ id }: ConnectionRecord): boolean {
    const kept = this.#kept(id);
    if (kept === undefined) return true;
    const nowMs = this.#parts.clock.nowMs();
    const hasReset = kept.windows.some(({ resetAtMs = 0 }) => resetAtMs > kept.triedAtMs && resetAtMs <= nowMs);
    const use = this.#used.get(id);
    if (use?.isLimited === true) return this.#ageMs(kept) >= LIMITED_SPACING_MS;
    const idleMs = kept.message === undefined ? IDLE_MS : FAILED_MS;
    return this.#ageMs(kept) >= (use !== undefined || hasReset ? SPACING_MS : idleMs);
  }

  /** A clock that was set back makes nothing wait for it. */
  #ageMs({ triedAtMs }: AccountQuota): number {
    const ageMs = this.#parts.clock.nowMs() - triedAtMs;
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
  }

  #kept(connectionId: string): AccountQuota | undefined {
    return quotaFromJson(this.#parts.store.keyValues.get(NAMESPACE, connectionId));
  }

  /** One reading at a time for an account; what goes wrong is kept with what was known. Never throws. */
  #readOnce(connection: ConnectionRecord): Promise<void> {
    const running = this.#running.get(connection.id);
    if (running !== undefined) return running;
    const started = this.#read(connection).finally(() => this.#running.delete(connection.id));
    this.#running.set(connection.id, started);
    return started;
  }

  async #read(connection: ConnectionRecord): Promise<void> {
    const { clock, events, log } = this.#parts;
    const { id, provider } = connection;
    this.#used.delete(id);
    try {
      const { plan, windows } = await this.#ask(connection);
      const nowMs = clock.nowMs();
      const usedUpIn = (all: readonly QuotaWindow[] = []) => all.filter((window) => isUsedUp(window, nowMs));
      const before = usedUpIn(this.#kept(id)?.windows);
      this.#keep(id, { ...compact({ plan }), windows, readAtMs: nowMs, triedAtMs: nowMs });
      this.#parts.onRead(connection, usedUpIn(windows), before);
      events.emit({ type: 'quota-changed', atMs: nowMs, connectionId: id, provider });
    } catch (thrown) {
      const { code, message } = toOmniError(thrown);
      // Nobody was asked; it is tried again as soon as the vault is open.
      if (code === 'vault_closed') return;
      log.debug('A quota could not be read.', { id, provider, why: message });
      const { plan, readAtMs, windows = [] } = this.#kept(id) ?? {};
      this.#keep(id, { ...compact({ plan, readAtMs }), windows, message, triedAtMs: clock.nowMs() });
    }
  }

  async #ask({ id, provider }: ConnectionRecord) {
    const { providers, loginOf, send, clock } = this.#parts;
    const row = providers().get(provider);
    if (row?.quota === undefined) throw this.#untold(id);
    const via = { connectionId: id, providerId: provider };
    return await readQuota({
      ...{ row, source: row.quota, nowMs: clock.nowMs() },
      credential: await loginOf(id).credential(),
      send: (request, signal) => send({ ...request, via }, signal),
      signal: AbortSignal.timeout(READ_LIMIT_MS),
    });
  }

  /** An account that was removed meanwhile leaves nothing. */
  #keep(connectionId: string, quota: AccountQuota): void {
    const { connections, keyValues } = this.#parts.store;
    if (connections.get(connectionId) === undefined) keyValues.remove(NAMESPACE, connectionId);
    else keyValues.set(NAMESPACE, connectionId, quotaToJson(quota));
  }

  #untold(connectionId: string): OmniError {
    const connection = this.#parts.store.connections.get(connectionId);
    if (connection === undefined)
      return new OmniError('not_found', `There is no connection with the id "${connectionId}".`);
    return new OmniError('unsupported_parameter', `The provider of "${connection.name}" tells no quota.`);
  }
}

function known(connection: ConnectionRecord, kept: AccountQuota | undefined): KnownQuota {
  const { triedAtMs: _tried, ...quota } = kept ?? { windows: [], triedAtMs: 0 };
  return { connection, ...quota };
}
