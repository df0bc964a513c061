/** An account that somebody has signed in to, put into a data folder before the core starts. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveLogin } from '../../../core/accounts/logins/save-login.ts';
import { createTokenStore } from '../../../core/accounts/tokens/token-store.ts';
import { systemClock } from '../../../core/base/clock.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { silentLog } from '../../../core/base/log.ts';
import { Secret } from '../../../core/base/secret.ts';
import { findProvider } from '../../../core/providers/table.ts';
import { openStore } from '../../../core/store/sqlite/open-store.ts';
import { openVault } from '../../../core/vault/open-vault.ts';

export interface Login {
  readonly provider: string;
  readonly token: string;
  readonly refreshToken?: string;
  /** What calls are made with, where that is not the token: Copilot's, iFlow's. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly data?: JsonObject;
  /** How long its token works; an hour when absent. */
  readonly lastsMs?: number;
}

/** Puts the logins there; `startCore` of the same folder then finds them. */
export async function putLogins(dataDirectory: string, logins: readonly Login[]): Promise<string[]> {
  const log = silentLog;
  const store = openStore({ path: join(dataDirectory, 'storage.sqlite'), log, clock: systemClock });
  const refuse = (): Promise<never> => Promise.reject(new Error('none here'));
  const vault = await openVault({
    keychain: { read: refuse, write: refuse },
    // The key that `startCore` sets.
    env: { masterKey: 'ab'.repeat(32) },
    keyFilePath: join(dataDirectory, 'master.key'),
    keyValues: store.keyValues,
    hasSealedRows: () => store.dependsOnVaultKey(),
    log,
  });
  const tokens = createTokenStore({ store, vault, nowMs: () => systemClock.nowMs() });
  const ids = logins.map((login) => {
    const row = findProvider(login.provider);
    if (row === undefined) throw new Error(`no provider ${login.provider}`);
    const secrets = Object.entries(login.secrets ?? {}).map(([name, value]) => [name, new Secret(value)] as const);
    const signedIn = {
      email: `${randomUUID().slice(0, 8)}@example.com`,
      tokens: {
        accessToken: new Secret(login.token),
        ...(login.refreshToken !== undefined && { refreshToken: new Secret(login.refreshToken) }),
        expiresAtMs: systemClock.nowMs() + (login.lastsMs ?? 3_600_000),
        data: login.data ?? {},
        secrets: Object.fromEntries(secrets),
      },
    };
    return saveLogin(signedIn, row, { store, tokens, clock: systemClock }).id;
  });
  await store.close();
  return ids;
}

/** `providers.json` with other hosts. */
export function putHosts(
  dataDirectory: string,
  hosts: Readonly<Record<string, Readonly<Record<string, string>>>>,
): void {
  const overrides = Object.entries(hosts).map(([id, own]) => [id, { hosts: own }]);
  writeFileSync(join(dataDirectory, 'providers.json'), JSON.stringify(Object.fromEntries(overrides)));
}
