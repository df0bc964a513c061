import { expect, it } from 'vitest';
import type { AccountLogin } from '../../core/accounts/accounts.ts';
import { OmniError } from '../../core/base/errors.ts';
import { silentLog } from '../../core/base/log.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import { createResilience } from '../../core/routing/live-resilience.ts';
import type { Leg } from '../../core/routing/plan.ts';
import { memoryKeyValues } from '../support/memory-store.ts';
import { testClock } from '../support/test-clock.ts';
import { account, provider } from './fixtures.ts';

const login: AccountLogin = {
  credential: () => Promise.reject(new Error('not asked for')),
  afterRefusal: () => Promise.resolve(undefined),
};

it.each([
  ['a key', account('a'), 5],
  ['a login', account('a', { login }), 3],
] as const)('the profile is that of the account’s kind: %s', (_kind, used, threshold) => {
  const clock = testClock();
  const resilience = createResilience({
    ...{ keyValues: memoryKeyValues(), clock, log: silentLog },
    profileOf: (_provider, kind) => DEFAULT_SETTINGS.providerProfiles[kind],
    limitsOf: () => undefined,
  });
  const p = provider('p');
  const rules = { maxRetries: 0, retryDelayMs: 0, queueTimeoutMs: 0 };
  const leg: Leg = { provider: p, endpoint: p.endpoints[0], model: 'm', accounts: [used], rules };
  let failures = 0;
  while (resilience.view.breakers()[0]?.state !== 'OPEN' && failures < 20) {
    clock.advance(600_000);
    const permit = resilience.begin(leg, used);
    permit.end(new OmniError('upstream_server_error', 'down'));
    failures += 1;
  }
  expect(failures).toBe(threshold);
});
