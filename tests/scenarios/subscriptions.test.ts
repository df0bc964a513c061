/**
 * A subscription from its login to its answers: two people sign in at each provider, the provider's usual SDK and a client
 * of every protocol talk and call a tool with each one's account, what is left of both is shown, and neither the sign-in's
 * server nor the model's finds a fault.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, objectsOf } from '../../core/base/json.ts';
import { type LoginCore, startLoginCore } from '../accounts/flows/login-core.ts';
import { holdConversations } from '../support/account-upstreams/conversations.ts';
import { quotaWindows } from '../support/auth-servers/quotas.ts';
import { signInByApi } from '../support/sign-in.ts';
import { ADA, BOB, type Stage, SUBSCRIPTIONS } from '../support/subscriptions.ts';

describe.each(SUBSCRIPTIONS)('$provider', (subscription) => {
  const { provider, model, client, tellsWho } = subscription;
  let stage: Stage;
  let login: LoginCore;

  beforeAll(async () => {
    stage = await subscription.open();
    login = await startLoginCore({ [provider]: { hosts: stage.hosts } }, { env: { ...stage.env } });
  });
  afterAll(async () => {
    await login.stop();
    await stage.close();
  });
  const isServing = { provider, authType: 'oauth', isActive: true, testStatus: 'active' };

  it('two people sign in', async () => {
    for (const person of [ADA, BOB])
      expect(await signInByApi(subscription, { login, stage, person })).toMatchObject({ state: 'done' });
    const connections = await login.connections();
    expect(connections).toMatchObject([isServing, isServing]);
    expect(new Set(connections.map(({ name }) => name)).size).toBe(2);
    const emails = connections.map(({ email }) => email);
    expect(emails).toEqual(tellsWho ? [ADA.email, BOB.email] : [undefined, undefined]);
    await login.core.manage('PATCH', '/api/settings', { fallbackStrategy: 'round-robin', stickyRoundRobinLimit: 1 });
    expect(stage.auth.faults).toEqual([]);
  });

  it.each([
    ['whole', false],
    ['streamed', true],
  ] as const)('its SDK talks and calls a tool, answers %s', async (_form, isStreamed) => {
    expect(await client({ url: login.core.url, model, isStreamed })).toEqual({
      text: 'Hello there.',
      call: { name: 'weather', input: { city: 'Rome' } },
      told: 'It is sunny.',
    });
    expect(stage.upstream.faults).toEqual([]);
  });

  holdConversations(model, () => ({ core: login.core, upstream: stage.upstream }));

  it('both accounts have served, each with its own token', () => {
    const tokens = new Set(stage.upstream.received.map(({ headers }) => headers.authorization));
    expect(tokens.size).toBe(2);
    expect(stage.auth.faults).toEqual([]);
  });

  it('shows what is left of both', async () => {
    const connections = await login.connections();
    const wanted = [ADA, BOB].map((person) => quotaWindows(provider, person));
    if (wanted[0] === undefined) return expect(await login.core.list('/api/quotas')).toEqual([]);
    for (const { id } of connections) await login.core.manage('POST', `/api/quotas/${asString(id)}/read`);
    const shown = objectsOf(await login.core.list('/api/quotas'));
    expect(connections.map(({ id }) => shown.find(({ connectionId }) => connectionId === id)?.['windows'])).toEqual(
      wanted,
    );
    expect(stage.auth.faults).toEqual([]);
  });

  it(
    tellsWho ? 'signing in again updates the account' : 'signing in again renews an account that had ended',
    async () => {
      const before = await login.connections();
      if (!tellsWho) {
        stage.auth.families.revokeAll();
        const messages = [{ role: 'user', content: 'Hi' }];
        await (await login.core.post('/v1/chat/completions', { model, messages })).text();
        expect((await login.connections())[0]).toMatchObject({ testStatus: 'expired', isActive: false });
      }
      expect(await signInByApi(subscription, { login, stage, person: ADA })).toMatchObject({ state: 'done' });
      const after = await login.connections();
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      expect(after[0]).toMatchObject(isServing);
      expect(stage.auth.faults).toEqual([]);
    },
  );
});
