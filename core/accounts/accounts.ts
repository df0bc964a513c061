/**
 * Accounts: one connection of the user's to a provider or node, its key sealed in the store. This is the interface that
 * management and routing use; `key-accounts.ts` implements it.
 */
import type { JsonObject } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { ConnectionRecord } from '../store/records.ts';

/** A connection for people: everything but the secret. */
export type AccountView = Omit<ConnectionRecord, 'sealedApiKey'> & {
  readonly hasApiKey: boolean;
  /** What its provider told of an account that was signed in to; nothing secret. */
  readonly login?: LoginFacts;
};

export interface LoginFacts {
  readonly plan?: string;
  readonly projectId?: string;
  readonly workspace?: string;
  readonly region?: string;
  /** Other clients are sent as the vendor's own, for the person wants it. */
  readonly sendsClientIdentity?: boolean;
  /** Of the token that calls are made with; it is refreshed before that by itself. */
  readonly expiresAtMs?: number;
}

/** What a call is made with: the token or key that its headers carry, and what the provider told of the account. */
export interface Credential {
  readonly key: Secret;
  /** The login's own token, where calls are made with another one that it was exchanged for. */
  readonly accountToken?: Secret;
  /** See `Account.data`. */
  readonly data: JsonObject;
}

/** The login behind an account: where its short-lived tokens come from. */
export interface AccountLogin {
  /**
   * The credential for a call that is made now, refreshed first where it is about to end. Throws `login_expired` when a
   * person must sign in again, `token_unavailable` (with `retryAfterMs`) while the provider gives no token.
   */
  credential(): Promise<Credential>;
  /** Another credential than the one that was refused with 401 or 403; undefined when there is none to try. */
  afterRefusal(refused: Credential, status: number): Promise<Credential | undefined>;
}

/** A connection for routing: opened, active or not. */
export interface Account {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly priority: number;
  readonly isActive: boolean;
  readonly defaultModel?: string;
  /** The API key; of an account with a login only while a call is made: its token of that moment (`upstream/ready.ts`). */
  readonly key?: Secret;
  /** Present when the account was signed in to. */
  readonly login?: AccountLogin;
  /** What the provider told of the account, and what the person chose for it: ids, region, plan. Never a secret. */
  readonly data?: JsonObject;
}

export interface NewAccount {
  readonly provider: string;
  readonly apiKey?: Secret;
  readonly name: string;
  readonly priority?: number;
  readonly defaultModel?: string;
}

export interface AccountChange {
  readonly name?: string;
  readonly priority?: number;
  readonly isActive?: boolean;
  readonly defaultModel?: string | null;
  readonly apiKey?: Secret;
  /** Are other clients sent as the vendor's own? A person turns it on, having read the terms. */
  readonly sendsClientIdentity?: boolean;
}

export interface TestResult {
  readonly valid: boolean;
  /** A sentence that says what to do, when not valid. Never holds the key. */
  readonly error?: string;
  readonly statusCode?: number;
  readonly latencyMs: number;
}

export interface Accounts {
  list(): readonly AccountView[];
  get(id: string): AccountView | undefined;
  /** Throws `invalid_request` for an unknown provider, a missing key where one is required, or a name in use there. */
  create(account: NewAccount): AccountView;
  update(id: string, change: AccountChange): AccountView;
  remove(id: string): boolean;
  /** Asks the provider whether the key works (facts.md A.5) and keeps the result with the connection. */
  test(id: string): Promise<TestResult>;
  /** The same for a key that is not stored yet. */
  validate(provider: string, apiKey: Secret | undefined): Promise<TestResult>;
  /** The model ids the provider lists for this account; throws `upstream_*` errors. */
  fetchModels(id: string): Promise<readonly string[]>;
  /** All connections with opened keys, for the routing snapshot. */
  open(): readonly Account[];
}
