/** The tokens of connections, sealed on their way into the store and opened on their way out. */
import { asObject, compact, parseJson } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import type { NewTokenRecord, Store } from '../../store/store.ts';
import type { Vault } from '../../vault/vault.ts';
import type { TokenSet } from '../flows/flow.ts';

export interface StoredTokens {
  readonly tokens: TokenSet;
  /** When they were got, since the epoch. */
  readonly refreshedAtMs: number;
  /** Grows with every write. */
  readonly version: number;
  /** A refresh failed then, and none succeeded since. */
  readonly failedAtMs?: number;
}

export interface TokenStore {
  /** Undefined for a connection without tokens. Throws `internal` when they cannot be opened. */
  read(connectionId: string): StoredTokens | undefined;
  /** Writes them whatever stands there: a person signed in. */
  write(connectionId: string, tokens: TokenSet): void;
  /** Writes them unless somebody else has written since `version`. */
  replace(connectionId: string, tokens: TokenSet, version: number): boolean;
}

export function createTokenStore({
  store,
  vault,
  nowMs,
}: {
  readonly store: Pick<Store, 'tokens'>;
  readonly vault: Vault;
  nowMs(): number;
}): TokenStore {
  const seal = (id: string, column: string, secret: Secret | undefined): string | undefined =>
    secret === undefined ? undefined : vault.seal(secret, placeOf(id, column));
  const open = (id: string, column: string, sealed: string | undefined): Secret | undefined =>
    sealed === undefined ? undefined : vault.open(sealed, placeOf(id, column));
  const toRecord = (id: string, tokens: TokenSet): NewTokenRecord =>
    compact({
      connectionId: id,
      sealedAccessToken: seal(id, 'access_token', tokens.accessToken),
      sealedRefreshToken: seal(id, 'refresh_token', tokens.refreshToken),
      sealedIdToken: seal(id, 'id_token', tokens.idToken),
      sealedSecrets: seal(id, 'secret_data', packed(tokens.secrets)),
      expiresAtMs: tokens.expiresAtMs,
      scope: tokens.scope,
      data: tokens.data,
      refreshedAtMs: nowMs(),
    });
  return {
    read(id) {
      const record = store.tokens.get(id);
      const accessToken = open(id, 'access_token', record?.sealedAccessToken);
      if (record === undefined || accessToken === undefined) return undefined;
      const { expiresAtMs, scope, data, refreshedAtMs, version, failedAtMs } = record;
      const tokens: TokenSet = {
        accessToken,
        ...compact({
          refreshToken: open(id, 'refresh_token', record.sealedRefreshToken),
          idToken: open(id, 'id_token', record.sealedIdToken),
          expiresAtMs,
          scope,
        }),
        data,
        secrets: unpacked(open(id, 'secret_data', record.sealedSecrets)),
      };
      return { tokens, refreshedAtMs, version, ...(failedAtMs !== undefined && { failedAtMs }) };
    },
    write: (id, tokens) => void store.tokens.put(toRecord(id, tokens)),
    replace: (id, tokens, version) => store.tokens.replace(toRecord(id, tokens), version),
  };
}

function packed(secrets: TokenSet['secrets']): Secret | undefined {
  const entries = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]);
  return entries.length === 0 ? undefined : new Secret(JSON.stringify(Object.fromEntries(entries)));
}

function unpacked(text: Secret | undefined): TokenSet['secrets'] {
  const members = Object.entries(asObject(parseJson(text?.reveal() ?? '{}')) ?? {});
  return Object.fromEntries(members.map(([name, value]) => [name, new Secret(String(value))]));
}

function placeOf(id: string, column: string): string {
  return `provider_connections/${id}/${column}`;
}
