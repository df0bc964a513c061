/** Opens what decides who may do what: settings, API keys, sessions, lockouts. */
import { randomBytes } from 'node:crypto';
import type { EventBus } from './base/event-bus.ts';
import { type ApiKeys, createApiKeys } from './policy/api-keys.ts';
import { createLockouts, type Lockouts } from './policy/lockouts.ts';
import { createSessions, type Sessions } from './policy/sessions.ts';
import { createSettings, type SettingsService } from './policy/settings-service.ts';
import type { CorePorts, Foundations } from './ports.ts';
import type { LockableVault } from './vault/vault.ts';

export interface Policies {
  readonly settings: SettingsService;
  readonly apiKeys: ApiKeys;
  readonly sessions: Sessions;
  readonly lockouts: Lockouts;
}

export function openPolicies(
  { environment, clock, log }: CorePorts,
  { store, vault }: Foundations,
  events: EventBus,
): Policies {
  const { keyValues } = store;
  const settings = createSettings({
    ...{ keyValues, overrides: environment.settings, log },
    onChange: () => events.emit({ type: 'configuration-changed', atMs: clock.nowMs(), area: 'settings' }),
  });
  const lockouts = createLockouts({ keyValues, clock, events, rules: () => settings.current().lockouts });
  return {
    settings,
    lockouts,
    apiKeys: createApiKeys({ store, hashKey: () => environment.apiKeySecret ?? vault.derive('api-key'), clock, log }),
    sessions: createSessions({
      ...{ keyValues, lockouts },
      signingKey: environment.jwtSecret ?? sessionKey(vault),
      ...(environment.initialPassword && { initialPassword: environment.initialPassword }),
      isCookieSecure: environment.isCookieSecure,
      ...{ clock, log, events },
    }),
  };
}

/** While the vault is closed, sign-ins hold until the next start: the dashboard is where a person opens it. */
function sessionKey(vault: LockableVault): Buffer {
  return vault.state().is === 'open' ? vault.derive('session') : randomBytes(32);
}
