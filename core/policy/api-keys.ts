/**
 * API keys for clients. A key is random, shown once and stored only as its HMAC, so neither a copy of the database nor a
 * backup gives it away. The original's form, `sk-{machineId}-{keyId}-{crc}`, is computed from a shared secret: whoever
 * learns that secret can make keys. Ours hold 238 random bits, and their prefix tells a key of ours that is gone from the
 * placeholder that every tool sends to a local server.
 */
import { createHmac, createSecretKey, type KeyObject, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { globMatches } from '../base/glob.ts';
import { randomId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { ApiKeyRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { presentedKeys } from './presented-keys.ts';

export type Scope = ApiKeyRecord['scopes'][number];
/** A key for people: everything but its hash. */
export type ApiKeyView = Omit<ApiKeyRecord, 'keyHash'>;

/** Who calls. Without an id it is a local caller that needs no key. */
export interface ApiCaller {
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
  /** Bodies of its requests are never kept. */
  readonly noLog?: boolean;
  /** May this caller use the model (a model string as clients write it)? */
  allows(model: string): boolean;
}

export interface NewApiKey {
  readonly name: string;
  /** Default: inference only. */
  readonly scopes?: readonly Scope[];
  /** Globs over model strings; empty: all. */
  readonly allowedModels?: readonly string[];
  /** True: bodies of its requests are never kept. */
  readonly noLog?: boolean;
}

export type ApiKeyChange = Partial<Pick<ApiKeyRecord, 'name' | 'scopes' | 'allowedModels' | 'isActive' | 'noLog'>>;

export interface ApiKeys {
  list(): readonly ApiKeyView[];
  get(id: string): ApiKeyView | undefined;
  /** The only time the key itself is given out. */
  create(key: NewApiKey): { readonly view: ApiKeyView; readonly key: Secret };
  /** Throws `not_found`. */
  update(id: string, change: ApiKeyChange): ApiKeyView;
  /** Revokes for good; false when there was none. */
  remove(id: string): boolean;
  /**
   * The caller behind a request. Throws `missing_api_key`, `invalid_api_key` (unknown where one is needed, or one of ours
   * that was revoked) or `permission_denied` (without the scope).
   */
  authorize(
    request: Pick<IncomingMessage, 'headers' | 'url'>,
    need: { scope: Scope; isKeyRequired: boolean },
  ): ApiCaller;
  /** Reads the store again, after an import. */
  reload(): void;
}

export interface ApiKeyPorts {
  readonly store: Pick<Store, 'apiKeys'>;
  /** `API_KEY_SECRET`, or `vault.derive('api-key')`; asked for once, when the first key is hashed. May throw `vault_closed`. */
  hashKey(): Buffer | Secret;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs work after the request in hand. Default: setImmediate. */
  readonly defer?: (work: () => void) => void;
}

const PREFIX = 'sk-omr-';
const RANDOM_LENGTH = 40;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LAST_USED_EVERY_MS = 60_000;
const RECENT_KEYS = 500;

/** Whether a request needs a key: as set, else everywhere but for a local caller of a loopback listener. */
export function isKeyRequired(
  setting: boolean | null,
  from: { readonly isLocal: boolean; readonly isLoopbackListener: boolean },
): boolean {
  return setting ?? !(from.isLocal && from.isLoopbackListener);
}

export function createApiKeys(ports: ApiKeyPorts): ApiKeys {
  const { store, clock } = ports;
  const { hash, recordOf, reload } = keyIndex(ports);
  const touch = lastUse(ports);

  return {
    list: () => store.apiKeys.list().map(viewOf),
    get(id) {
      const record = store.apiKeys.get(id);
      return record && viewOf(record);
    },
    create({ name, scopes = ['inference'], allowedModels = [], noLog = false }) {
      const key = newKey();
      const record: ApiKeyRecord = {
        id: randomId('key_'),
        name,
        keyHash: hash(key),
        hint: key.slice(-4),
        scopes,
        allowedModels,
        isActive: true,
        createdAtMs: clock.nowMs(),
        ...(noLog && { noLog }),
      };
      store.apiKeys.insert(record);
      reload();
      return { view: viewOf(record), key: new Secret(key) };
    },
    update(id, change) {
      const view = viewOf(store.apiKeys.update(id, change));
      reload();
      return view;
    },
    remove(id) {
      const isRemoved = store.apiKeys.remove(id);
      reload();
      return isRemoved;
    },
    authorize(request, need) {
      const keys = presentedKeys(request.headers, request.url);
      const records = keys.flatMap((key) => recordOf(key) ?? []);
      const active = records.filter(({ isActive }) => isActive);
      const record = active.find(({ scopes }) => scopes.includes(need.scope)) ?? active[0];
      if (record === undefined) return withoutKey(keys, records, need.isKeyRequired);
      if (!record.scopes.includes(need.scope)) {
        throw new OmniError(
          'permission_denied',
          `The API key "${record.name}" was created without the ${need.scope} scope.`,
        );
      }
      touch(record.id);
      return callerOf(record);
    },
    reload,
  };
}

interface KeyIndex {
  hash(key: string): string;
  recordOf(key: string): ApiKeyRecord | undefined;
  reload(): void;
}

/** An index by HMAC: how long a look-up takes depends on the hash, which nobody without the secret can steer. */
function keyIndex({ store, hashKey }: ApiKeyPorts): KeyIndex {
  let secret: KeyObject | undefined;
  const hash = (key: string): string => {
    secret ??= secretKey(hashKey());
    return createHmac('sha256', secret).update(key).digest('hex');
  };
  let byHash = new Map<string, ApiKeyRecord>();
  // Keys seen lately, so that a busy client's key is not hashed for each request. Unknown ones are not kept.
  const recent = new LRUCache<string, ApiKeyRecord>({ max: RECENT_KEYS });
  const reload = (): void => {
    byHash = new Map(store.apiKeys.list().map((record) => [record.keyHash, record]));
    recent.clear();
  };
  reload();
  return {
    hash,
    reload,
    recordOf(key) {
      if (!key.startsWith(PREFIX)) return undefined;
      const seen = recent.get(key);
      if (seen !== undefined) return seen;
      const known = byHash.get(hash(key));
      if (known !== undefined) recent.set(key, known);
      return known;
    },
  };
}

function secretKey(material: Buffer | Secret): KeyObject {
  return createSecretKey(material instanceof Secret ? Buffer.from(material.reveal()) : material);
}

function withoutKey(keys: readonly string[], known: readonly ApiKeyRecord[], isRequired: boolean): ApiCaller {
  if (known.length > 0 || keys.some((key) => key.startsWith(PREFIX))) {
    throw new OmniError(
      'invalid_api_key',
      'This API key was revoked, or belongs to another installation. Create a new one.',
    );
  }
  if (!isRequired) return { allows: () => true };
  if (keys.length === 0) {
    throw new OmniError(
      'missing_api_key',
      'Missing API key. Create one under Keys and send it as Authorization: Bearer.',
    );
  }
  throw new OmniError(
    'invalid_api_key',
    'Invalid API key. Create one under Keys and send it as Authorization: Bearer.',
  );
}

function callerOf({ id, name, allowedModels, noLog }: ApiKeyRecord): ApiCaller {
  return {
    apiKeyId: id,
    apiKeyName: name,
    ...(noLog === true && { noLog }),
    allows: (model) => allowedModels.length === 0 || allowedModels.some((pattern) => globMatches(pattern, model)),
  };
}

/** Notes when a key was last used, at most once a minute a key, and never while a request waits. */
function lastUse({ store, clock, log, defer = (work) => void setImmediate(work) }: ApiKeyPorts): (id: string) => void {
  const noted = new Map<string, number>();
  return (id) => {
    const nowMs = clock.nowMs();
    if (nowMs - (noted.get(id) ?? Number.NEGATIVE_INFINITY) < LAST_USED_EVERY_MS) return;
    noted.set(id, nowMs);
    defer(() => {
      try {
        store.apiKeys.update(id, { lastUsedAtMs: nowMs });
      } catch (cause) {
        noted.delete(id);
        if (!(cause instanceof OmniError && cause.code === 'not_found')) {
          log.warn('The last use of an API key could not be noted.', { id });
        }
      }
    });
  };
}

function newKey(): string {
  let out = PREFIX;
  for (let count = 0; count < RANDOM_LENGTH; count += 1) out += ALPHABET[randomInt(ALPHABET.length)];
  return out;
}

function viewOf({ keyHash: _hash, ...view }: ApiKeyRecord): ApiKeyView {
  return view;
}
