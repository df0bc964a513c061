/**
 * Keeps a finished login: as the account that it is of (same provider and e-mail address, and same workspace where the
 * vendor has those), or as a new one. What was held against that account is over.
 */
import type { Clock } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import { asString, compact } from '../../base/json.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ConnectionRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { SignedIn } from '../flows/flow.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { FOLLOWS } from './follows.ts';

export interface SaveParts {
  readonly store: Pick<Store, 'connections' | 'tokens' | 'transaction'>;
  readonly tokens: TokenStore;
  readonly clock: Clock;
}

/** The connection as it is kept now. Account and tokens are written together or not at all. */
export function saveLogin(signedIn: SignedIn, row: Provider, { store, tokens, clock }: SaveParts): ConnectionRecord {
  return store.transaction(() => {
    const siblings = store.connections.list().filter(({ provider }) => provider === row.id);
    const same = siblings.find((one) => isSame(one, signedIn, store));
    const record = same === undefined ? create() : renew(same);
    // What a person chose for the account stays; what the provider tells wins.
    const { [FOLLOWS]: _over, ...before } = (same && store.tokens.get(same.id)?.data) ?? {};
    tokens.write(record.id, { ...signedIn.tokens, data: { ...before, ...signedIn.tokens.data } });
    return record;

    function create(): ConnectionRecord {
      const nowMs = clock.nowMs();
      const { email, displayName } = signedIn;
      const priorities = siblings.map(({ priority }) => priority);
      const created: ConnectionRecord = compact({
        id: randomId(),
        provider: row.id,
        authType: 'oauth' as const,
        name: freeName(email ?? displayName ?? row.name, siblings),
        ...{ email, displayName },
        priority: Math.max(0, ...priorities) + 1,
        isActive: true,
        testStatus: 'active' as const,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      });
      store.connections.insert(created);
      return created;
    }

    function renew({ id }: ConnectionRecord): ConnectionRecord {
      const { email, displayName } = signedIn;
      return store.connections.update(id, {
        ...compact({ email, displayName }),
        isActive: true,
        testStatus: 'active',
        lastError: undefined,
        lastErrorAtMs: undefined,
      });
    }
  });
}

function isSame({ id, authType, email }: ConnectionRecord, signedIn: SignedIn, store: SaveParts['store']): boolean {
  if (authType !== 'oauth' || email === undefined || email.toLowerCase() !== signedIn.email?.toLowerCase())
    return false;
  const workspace = asString(store.tokens.get(id)?.data['workspaceId']);
  return signedIn.workspace === undefined || workspace === undefined || workspace === signedIn.workspace;
}

/** Names are unique among a provider's accounts, whatever their case. */
function freeName(wanted: string, siblings: readonly ConnectionRecord[]): string {
  const taken = new Set(siblings.map(({ name }) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
