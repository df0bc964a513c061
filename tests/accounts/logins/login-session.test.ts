/** How long a sign-in may take: for the person, and for what goes on once the answer is there. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Flow, FlowContext } from '../../../core/accounts/flows/flow.ts';
import { LoginSession } from '../../../core/accounts/logins/login-session.ts';
import { systemClock } from '../../../core/base/clock.ts';
import { Secret } from '../../../core/base/secret.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { findProvider } from '../../../core/providers/table.ts';
import { connection } from '../../store/records.ts';

const LIMIT_MS = 150;

/** A sign-in that ends soon, whose account takes so long to set up. */
function open(setUpMs: number): LoginSession {
  const row = findProvider('claude') as Provider;
  const tokens = { accessToken: new Secret('at-1'), data: {}, secrets: {} };
  const flow: Flow = {
    ...{ provider: 'claude', methods: [{} as Flow['methods'][0]], refreshLeadMs: 0 },
    complete: async (_granted, _login, { signal }) => {
      await delay(setUpMs, undefined, { signal });
      return { tokens };
    },
    refresh: () => Promise.resolve(tokens),
  };
  return new LoginSession({
    ...{ id: 'login_1', row, flow, method: flow.methods[0], options: {} },
    expiresAtMs: systemClock.nowMs() + LIMIT_MS,
    context: { row, clock: systemClock } as FlowContext,
    save: () => connection,
    changed: () => undefined,
  });
}

it('without an answer it ends at its time', async () => {
  const session = open(0);
  await expect.poll(() => session.view.state, { timeout: 5_000 }).toBe('expired');
});

it('an answer at the last moment is worked on to its end', async () => {
  const session = open(3 * LIMIT_MS);
  await session.proceed(() => Promise.resolve({ accessToken: new Secret('at-1'), answer: {} }));
  expect(session.view).toMatchObject({ state: 'done' });
});
