/**
 * Keeps a finished login: as the account that it is of (same provider and e-mail address, and same workspace where the
 * vendor has those; else the same id of the person), or as a new one. Where the provider tells nothing of the person, a
 * login takes the place of one of that kind that has ended. What was held against that account is over.
 */
import type { Clock } from '../../base/clock.ts';
import { randomId } from '../../base/ids.ts';
import { asString, compact, type JsonObject } from '../../base/json.ts';
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

/** The member of an account's data that holds the provider's own id of the person. */
const IDENTITY = 'identity';

/** The connection as it is kept now. Account and tokens are written together or not at all. */
export function saveLogin(signedIn: SignedIn, row: Provider, { store, tokens, clock }: SaveParts): ConnectionRecord {
  return store.transaction(() => {
    const siblings = store.connections.list().filter(({ provider }) => provider === row.id);
    const dataOf = ({ id }: ConnectionRecord): JsonObject => store.tokens.get(id)?.data ?? {};
    const logins = siblings.filter(({ authType }) => authType === 'oauth');
    const same =
      logins.find((one) => isSame(one, dataOf(one), signedIn)) ??
      logins.find((one) => isReplaced(one, dataOf(one), signedIn));
    const record = same === undefined ? create() : renew(same);
    // What a person chose for the account stays; what the provider tells wins.
    const { [FOLLOWS]: _over, ...before } = same === undefined ? {} : dataOf(same);
    const data = { ...before, ...signedIn.tokens.data, ...compact({ [IDENTITY]: signedIn.identity }) };
    tokens.write(record.id, { ...signedIn.tokens, data });
    return record;

    function create(): ConnectionRecord {
      const nowMs = clock.nowMs();
      const { email, displayName } = signedIn;
      const priorities = siblings.map(({ priority }) => priority);
      const created: ConnectionRecord = compact({
        id: randomId(),
        provider: row.id,
        authType: 'oauth' as const,
        name: freeName(email ?? displayName ?? row.name, asString(signedIn.tokens.data['workspace']), siblings),
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

function isSame({ email }: ConnectionRecord, data: JsonObject, signedIn: SignedIn): boolean {
  if (email !== undefined && email.toLowerCase() === signedIn.email?.toLowerCase()) {
    const workspace = asString(data['workspaceId']);
    return signedIn.workspace === undefined || workspace === undefined || workspace === signedIn.workspace;
  }
  return signedIn.identity !== undefined && data[IDENTITY] === signedIn.identity;
}

/** One that has ended, of whom the provider tells no more than of who signs in now: it can serve nobody else. */
function isReplaced({ email, testStatus }: ConnectionRecord, data: JsonObject, signedIn: SignedIn): boolean {
  const known = [email, data[IDENTITY], signedIn.email, signedIn.identity];
  return testStatus === 'expired' && known.every((one) => one === undefined);
}

/** Names are unique among a provider's accounts, whatever their case: by the workspace where there is one, else by number. */
function freeName(wanted: string, workspace: string | undefined, siblings: readonly ConnectionRecord[]): string {
  const taken = new Set(siblings.map(({ name }) => name.toLowerCase()));
  const isFree = (name: string): boolean => !taken.has(name.toLowerCase());
  if (isFree(wanted)) return wanted;
  if (workspace !== undefined && isFree(`${wanted} (${workspace})`)) return `${wanted} (${workspace})`;
  for (let number = 2; ; number += 1) if (isFree(`${wanted} ${number}`)) return `${wanted} ${number}`;
}
