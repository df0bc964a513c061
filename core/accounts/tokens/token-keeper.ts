/**
 * Keeps the tokens of all accounts fresh. A refresh runs once per account, whoever asks: callers in this process share
 * its promise, processes that share the database take a lease, and what was read is read again inside it. The new tokens
 * are durable before anybody gets them, and what the vendor answered is too, before this process has it (`lasting-call.ts`), so
 * that a crash in between loses no account.
 */
import type { Clock } from '../../base/clock.ts';
import { OmniError, toOmniError } from '../../base/errors.ts';
import type { EventSink } from '../../base/event-bus.ts';
import type { Log } from '../../base/log.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { isOver } from '../account-parts.ts';
import type { AccountLogin, Credential } from '../accounts.ts';
import type { Flow, TokenSet } from '../flows/flow.ts';
import { takeLease } from './lease.ts';
import { type Pause, pauseAfter } from './pauses.ts';
import { standingOf, type TokenStanding } from './standing.ts';
import type { StoredTokens, TokenStore } from './token-store.ts';

export interface TokenKeeperParts {
  readonly store: Pick<Store, 'connections' | 'tokens'>;
  readonly tokens: TokenStore;
  flowOf(providerId: string): Flow | undefined;
  /** The tokens after these, from the provider (or from wherever the account's tokens come). Throws `upstream_*`. */
  refresh(connection: ConnectionRecord, tokens: TokenSet, signal: AbortSignal): Promise<TokenSet>;
  /** New tokens are in the store, or nobody needs them any more. */
  onKept?(connectionId: string): void;
  /** An account was taken out of routing, or its data changed. */
  onChange(): void;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TokenKeeper {
  loginOf(connectionId: string): AccountLogin;
  /** Refreshes what is about to end, for accounts that nobody uses too. */
  sweep(): Promise<void>;
  /** Waits for refreshes under way, for at most `limitMs`. */
  settle(limitMs: number): Promise<void>;
}

/** A refresh gives up after this time: a slow answer may still bring the only token there is. */
const REFRESH_LIMIT_MS = 60_000;
/** Callers wait so long for a refresh: with a token that still works, and without one. */
const PATIENCE_MS = { due: 3_000, over: 30_000 } as const;
const LEASE_LIMIT_MS = 90_000;
/** A token that was got so short ago is not the reason for a refusal. */
const NEW_TOKEN_MS = { 401: 2_000, 403: 60_000 } as const;
const SWEEPS_AT_ONCE = 4;

export function createTokenKeeper(parts: TokenKeeperParts): TokenKeeper {
  return new Keeper(parts);
}

class Keeper implements TokenKeeper {
  readonly #parts: TokenKeeperParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #pauses = new Map<string, Pause>();
  /** When each account's token was last got here, on the clock that does not jump. */
  readonly #gotAtMs = new Map<string, number>();
  /** Answers that the store did not take; what they came for may be used up, so they are not asked for again. */
  readonly #unkept = new Map<string, { readonly next: TokenSet; readonly version: number }>();

  constructor(parts: TokenKeeperParts) {
    this.#parts = parts;
  }

  readonly loginOf = (id: string): AccountLogin => ({
    credential: () => this.#credential(id),
    afterRefusal: (refused, status) => this.#afterRefusal(id, refused, status),
  });

  async sweep(): Promise<void> {
    const due = this.#parts.store.connections
      .list()
      .filter(({ id, authType, isActive }) => authType === 'oauth' && isActive && this.#isDue(id));
    const next = async (): Promise<void> => {
      for (let one = due.pop(); one !== undefined; one = due.pop()) {
        await this.#refreshed(one.id, (stored) => this.#standing(one, stored) !== 'fresh').catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: SWEEPS_AT_ONCE }, next));
  }

  async settle(limitMs: number): Promise<void> {
    await within(limitMs, Promise.allSettled(this.#running.values()));
  }

  async #credential(id: string): Promise<Credential> {
    const [connection, stored] = this.#read(id);
    const standing = this.#standing(connection, stored);
    if (standing === 'fresh') return this.#credentialOf(connection, stored);
    const refresh = this.#refreshed(id, (now) => this.#standing(connection, now) !== 'fresh');
    try {
      await within(PATIENCE_MS[standing], refresh);
    } catch (error) {
      // A token that still works is used while the provider gives no new one; not when the login is over.
      if (standing === 'over' || toOmniError(error).code === 'login_expired') throw error;
    }
    const [, now] = this.#read(id);
    if (this.#standing(connection, now) !== 'over') return this.#credentialOf(connection, now);
    throw unavailable(connection, PATIENCE_MS.over);
  }

  async #afterRefusal(id: string, refused: Credential, status: number): Promise<Credential | undefined> {
    const [connection, stored] = this.#read(id);
    const isOther = (now: StoredTokens): boolean =>
      this.#credentialOf(connection, now).key.reveal() !== refused.key.reveal();
    if (isOther(stored)) return this.#credentialOf(connection, stored);
    const ageMs = performance.now() - (this.#gotAtMs.get(id) ?? Number.NEGATIVE_INFINITY);
    if (ageMs < NEW_TOKEN_MS[status === 403 ? 403 : 401]) return undefined;
    try {
      await within(
        PATIENCE_MS.over,
        this.#refreshed(id, (now) => !isOther(now)),
      );
    } catch (error) {
      if (toOmniError(error).code === 'login_expired') throw error;
      return undefined;
    }
    const [, now] = this.#read(id);
    return isOther(now) ? this.#credentialOf(connection, now) : undefined;
  }

  /** Settles when a refresh that is needed by `isNeeded` has been made, here or elsewhere. Throws why not. */
  #refreshed(id: string, isNeeded: (stored: StoredTokens) => boolean): Promise<void> {
    const running = this.#running.get(id);
    if (running !== undefined) return running;
    const started = this.#refreshUnderLease(id, isNeeded).finally(() => this.#running.delete(id));
    this.#running.set(id, started);
    // Whoever waits may have gone; a failure is noted where it arises.
    started.catch(() => undefined);
    return started;
  }

  async #refreshUnderLease(id: string, isNeeded: (stored: StoredTokens) => boolean): Promise<void> {
    const [connection] = this.#read(id);
    const pause = this.#pauses.get(id);
    const pauseMs = pause === undefined ? 0 : pause.untilMs - performance.now();
    if (pauseMs > 0) throw unavailable(connection, pauseMs);
    const wants = (): boolean => isNeeded(this.#read(id)[1]);
    const lease = await takeLease(id, this.#parts.store.tokens, { isNeeded: wants, limitMs: LEASE_LIMIT_MS });
    if (lease === undefined) {
      if (wants()) throw unavailable(connection, PATIENCE_MS.due);
      return;
    }
    try {
      const [, stored] = this.#read(id);
      if (isNeeded(stored)) await this.#refresh(connection, stored);
    } finally {
      lease.release();
    }
  }

  async #refresh(connection: ConnectionRecord, stored: StoredTokens): Promise<void> {
    const { id } = connection;
    const { clock, store, log } = this.#parts;
    const sinceFailureMs = clock.nowMs() - (stored.failedAtMs ?? Number.NEGATIVE_INFINITY);
    // Another process tried a moment ago.
    if (sinceFailureMs >= 0 && sinceFailureMs < 1_000) throw unavailable(connection, 1_000 - sinceFailureMs);
    try {
      const next = await this.#next(connection, stored);
      const isKept = this.#parts.tokens.replace(id, next, stored.version);
      this.#unkept.delete(id);
      this.#parts.onKept?.(id);
      // Another writer (a login) has newer tokens than these, or the account is gone.
      if (!isKept) return;
      this.#pauses.delete(id);
      this.#gotAtMs.set(id, performance.now());
      if (JSON.stringify(next.data) !== JSON.stringify(stored.tokens.data)) this.#parts.onChange();
      log.debug('Tokens were refreshed.', { id, provider: connection.provider });
    } catch (thrown) {
      const error = toOmniError(thrown);
      if (this.#isOver(connection, error)) return this.#expire(connection, stored, error);
      const pause = pauseAfter(this.#pauses.get(id), performance.now(), Math.random());
      this.#pauses.set(id, pause);
      store.tokens.noteFailure(id, clock.nowMs());
      log.warn('Tokens could not be refreshed; it is tried again.', {
        id,
        failures: pause.failures,
        why: error.message,
      });
      throw unavailable(connection, pause.untilMs - performance.now(), error);
    }
  }

  /** What the provider answers, or has answered to these very tokens already. */
  async #next(connection: ConnectionRecord, { tokens, version }: StoredTokens): Promise<TokenSet> {
    const unkept = this.#unkept.get(connection.id);
    if (unkept?.version === version) return unkept.next;
    const next = await this.#parts.refresh(connection, tokens, AbortSignal.timeout(REFRESH_LIMIT_MS));
    this.#unkept.set(connection.id, { next, version });
    return next;
  }

  /** Does the provider say that a person must sign in again? */
  #isOver({ provider }: ConnectionRecord, { code, upstreamCode = '' }: OmniError): boolean {
    const terminal = ['invalid_grant', ...(this.#parts.flowOf(provider)?.terminalCodes ?? [])];
    return code === 'upstream_auth' && terminal.includes(upstreamCode);
  }

  /** Takes the account out of routing, and throws that; unless somebody has signed in or refreshed meanwhile. */
  #expire({ id, provider, name }: ConnectionRecord, stored: StoredTokens, cause: OmniError): void {
    const { clock, events, store, tokens, log } = this.#parts;
    const { refreshToken: _usedUp, ...rest } = stored.tokens;
    if (!tokens.replace(id, rest, stored.version)) return;
    const message = `The login of "${name}" is over: its provider takes its refresh token no more (${cause.upstreamCode}). Sign in again.`;
    const lastErrorAtMs = clock.nowMs();
    store.connections.update(id, { isActive: false, testStatus: 'expired', lastError: message, lastErrorAtMs });
    log.warn('An account must be signed in to again.', { id, provider, why: cause.message });
    events.emit({
      type: 'account-changed',
      atMs: lastErrorAtMs,
      connectionId: id,
      provider,
      state: 'expired',
      message,
    });
    this.#parts.onChange();
    throw new OmniError('login_expired', message, { cause });
  }

  #read(id: string): readonly [ConnectionRecord, StoredTokens] {
    const connection = this.#parts.store.connections.get(id);
    if (connection === undefined) throw new OmniError('no_connection', 'The account was removed.');
    const stored = this.#parts.tokens.read(id);
    if (stored !== undefined && !isOver(connection)) return [connection, stored];
    throw new OmniError('login_expired', `"${connection.name}" has no login. Sign in again.`);
  }

  #isDue(id: string): boolean {
    try {
      const [connection, stored] = this.#read(id);
      return this.#standing(connection, stored) !== 'fresh';
    } catch (error) {
      const { code, message } = toOmniError(error);
      // A closed vault is told of where it is looked for.
      if (code !== 'vault_closed')
        this.#parts.log.warn('The tokens of an account cannot be read.', { id, why: message });
      return false;
    }
  }

  #standing({ id, provider }: ConnectionRecord, stored: StoredTokens): TokenStanding {
    const flow = this.#parts.flowOf(provider);
    const nowMs = this.#parts.clock.nowMs();
    if (flow?.key !== undefined && flow.key(stored.tokens) === undefined) return 'over';
    return standingOf(stored, { leadMs: flow?.refreshLeadMs ?? 0, nowMs, seed: id });
  }

  #credentialOf({ provider }: ConnectionRecord, { tokens }: StoredTokens): Credential {
    const key = this.#parts.flowOf(provider)?.key?.(tokens) ?? tokens.accessToken;
    return { key, accountToken: tokens.accessToken, data: tokens.data };
  }
}

function unavailable({ name }: ConnectionRecord, retryAfterMs: number, cause?: OmniError): OmniError {
  const why = cause === undefined ? '' : ` (${cause.message})`;
  return new OmniError(
    'token_unavailable',
    `There is no fresh token for "${name}" at the moment${why}. It is tried again by itself.`,
    { retryAfterMs: Math.max(1_000, Math.ceil(retryAfterMs)), cause },
  );
}

/** The promise's outcome, or undefined when it takes longer. */
async function within<T>(limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
