/**
 * Makes a target ready to be called: an account that was signed in to gets its token of the moment. When the provider
 * refuses that token, the call is made once more with another one, if there is one; a second refusal is the answer.
 */
import type { Account, AccountLogin, Credential } from '../accounts/accounts.ts';
import type { Cancellation } from '../base/cancellation.ts';
import { OmniError } from '../base/errors.ts';
import type { Target } from '../routing/plan.ts';

/**
 * Runs a call, with `target.account.key` and `.data` as they are now. Throws what the call throws, or that there is no
 * token; a token is waited for no longer than the call is wanted.
 */
export function withCredential<T>(
  target: Target,
  cancellation: Cancellation,
  call: (ready: Target) => Promise<T>,
): Promise<T> {
  const { account } = target;
  const kept = account?.login;
  if (account === undefined || kept === undefined) return call(target);
  const login: AccountLogin = {
    credential: () => whileWanted(cancellation, kept.credential()),
    afterRefusal: (...refused) => whileWanted(cancellation, kept.afterRefusal(...refused)),
  };
  return withLogin({ ...target, account, login }, call);
}

interface SignedIn extends Target {
  readonly account: Account;
  readonly login: AccountLogin;
}

async function withLogin<T>({ login, ...target }: SignedIn, call: (ready: Target) => Promise<T>): Promise<T> {
  const { account } = target;
  /** What the provider told last wins; what the person chose stands beside it. */
  const ready = ({ key, data }: Credential): Target => ({
    ...target,
    account: { ...account, key, data: { ...account.data, ...data } },
  });
  const credential = await login.credential();
  try {
    return await call(ready(credential));
  } catch (error) {
    const status = refusalStatus(error);
    const other = status === undefined ? undefined : await login.afterRefusal(credential, status);
    if (other === undefined) throw error;
    return await call(ready(other));
  }
}

/** The work goes on without those who leave: a refresh is everybody's, and may take half a minute. */
function whileWanted<T>(cancellation: Cancellation, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(cancellation.error);
    const forget = cancellation.onCancel(leave);
    if (cancellation.isCancelled) leave();
    work.then(resolve, reject).finally(forget);
  });
}

/** Of an error that a stale token may be the reason of; not where the vendor's words have told another reason (`failure.ts`). */
function refusalStatus(error: unknown): number | undefined {
  if (!(error instanceof OmniError) || error.cause instanceof OmniError) return undefined;
  if (error.code === 'upstream_auth') return 401;
  return error.code === 'upstream_permission' ? 403 : undefined;
}
