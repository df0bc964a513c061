import { describe, expect, it } from 'vitest';
import type { AccountLogin, Credential } from '../../core/accounts/accounts.ts';
import { Cancellation } from '../../core/base/cancellation.ts';
import { OmniError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import type { Target } from '../../core/routing/plan.ts';
import { withCredential } from '../../core/upstream/ready.ts';
import { account, provider } from '../routing/fixtures.ts';

const credential = (token: string, plan: string): Credential => ({ key: new Secret(token), data: { plan } });

function targetWith(login?: AccountLogin): Target {
  const row = provider('p');
  const { key, ...signedIn } = account('a');
  return {
    provider: row,
    endpoint: row.endpoints[0],
    model: 'm',
    account: login === undefined ? account('a') : { ...signedIn, login },
  };
}

/** Calls with a target and keeps what it was called with; refuses each token named. */
function caller(refused: Readonly<Record<string, OmniError>>) {
  const tokens: string[] = [];
  const plans: unknown[] = [];
  return {
    tokens,
    plans,
    call: ({ account: ready }: Target): Promise<string> => {
      const token = ready?.key?.reveal() ?? 'none';
      tokens.push(token);
      plans.push(ready?.data?.['plan']);
      const error = refused[token];
      return error === undefined ? Promise.resolve(`answer to ${token}`) : Promise.reject(error);
    },
  };
}

const auth = new OmniError('upstream_auth', 'Token expired.');
const permission = new OmniError('upstream_permission', 'Not with this token.');

describe('a call of an account that was signed in to', () => {
  it('is made with the token and the data of the moment', async () => {
    const login: AccountLogin = {
      credential: () => Promise.resolve(credential('t1', 'pro')),
      afterRefusal: () => Promise.reject(new Error('not asked')),
    };
    const { call, tokens, plans } = caller({});
    expect(await withCredential(targetWith(login), new Cancellation(), call)).toBe('answer to t1');
    expect([tokens, plans]).toEqual([['t1'], ['pro']]);
  });

  it('a token that takes long is not waited for by who has left; it is by the others', async () => {
    const slow = Promise.withResolvers<Credential>();
    const login: AccountLogin = { credential: () => slow.promise, afterRefusal: () => slow.promise };
    const [gone, late, here] = [new Cancellation(), new Cancellation(), new Cancellation()];
    const { call, tokens } = caller({});
    late.cancel();
    const calls = [gone, late, here].map((cancellation) => withCredential(targetWith(login), cancellation, call));
    gone.cancel(new OmniError('upstream_timeout', 'Too long.'));
    const none = new Promise((resolve) => setTimeout(resolve, 2_000, 'still waiting'));
    await expect(Promise.race([calls[0], none])).rejects.toMatchObject({ code: 'upstream_timeout' });
    await expect(Promise.race([calls[1], none])).rejects.toMatchObject({ code: 'client_closed' });
    slow.resolve(credential('t1', 'pro'));
    expect(await calls[2]).toBe('answer to t1');
    expect(tokens).toEqual(['t1']);
  });

  it.each([
    ['401', auth, 401],
    ['403', permission, 403],
  ])('is made once more after %s, with another token', async (_name, error, status) => {
    const asked: unknown[] = [];
    const login: AccountLogin = {
      credential: () => Promise.resolve(credential('t1', 'pro')),
      afterRefusal: (refused, told) => {
        asked.push([refused.key.reveal(), told]);
        return Promise.resolve(credential('t2', 'max'));
      },
    };
    const { call, tokens, plans } = caller({ t1: error });
    expect(await withCredential(targetWith(login), new Cancellation(), call)).toBe('answer to t2');
    expect([tokens, plans, asked]).toEqual([['t1', 't2'], ['pro', 'max'], [['t1', status]]]);
  });

  it('fails with the second refusal, and with the first where there is no other token', async () => {
    const second = new OmniError('upstream_auth', 'Still no.');
    let others: readonly Credential[] = [credential('t2', 'pro')];
    const login: AccountLogin = {
      credential: () => Promise.resolve(credential('t1', 'pro')),
      afterRefusal: () => Promise.resolve(others[0]),
    };
    const { call, tokens } = caller({ t1: auth, t2: second });
    await expect(withCredential(targetWith(login), new Cancellation(), call)).rejects.toBe(second);
    others = [];
    await expect(withCredential(targetWith(login), new Cancellation(), call)).rejects.toBe(auth);
    expect(tokens).toEqual(['t1', 't2', 't1']);
  });

  it('is not made again after a failure that no token mends, and not at all without a token', async () => {
    const limit = new OmniError('upstream_rate_limited', 'Slow down.');
    const gone = new OmniError('login_expired', 'Sign in again.');
    let hasToken = true;
    const login: AccountLogin = {
      credential: () => (hasToken ? Promise.resolve(credential('t1', 'pro')) : Promise.reject(gone)),
      afterRefusal: () => Promise.resolve(credential('t2', 'pro')),
    };
    const { call, tokens } = caller({ t1: limit });
    await expect(withCredential(targetWith(login), new Cancellation(), call)).rejects.toBe(limit);
    hasToken = false;
    await expect(withCredential(targetWith(login), new Cancellation(), call)).rejects.toBe(gone);
    expect(tokens).toEqual(['t1']);
  });

  it('with an API key is made with that key', async () => {
    const { call, tokens } = caller({});
    await withCredential(targetWith(), new Cancellation(), call);
    expect(tokens).toEqual(['k']);
  });
});
