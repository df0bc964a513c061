/** Whose account a login is: signing in again must update the one that matches, and never take another person's. */
import { expect, it } from 'vitest';
import type { SignedIn } from '../../../core/accounts/flows/flow.ts';
import { saveLogin } from '../../../core/accounts/logins/save-login.ts';
import { createTokenStore } from '../../../core/accounts/tokens/token-store.ts';
import { Secret } from '../../../core/base/secret.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { findProvider } from '../../../core/providers/table.ts';
import type { ConnectionRecord } from '../../../core/store/records.ts';
import { NOW_MS, stillClock, temporaryStore } from '../../store/temporary-store.ts';
import { memoryVault } from '../../support/memory-vault.ts';

interface Who extends Omit<SignedIn, 'tokens'> {
  readonly workspaceName?: string;
}

function accounts(providerId: string) {
  const { store } = temporaryStore();
  const row = findProvider(providerId) as Provider;
  const tokens = createTokenStore({ store, vault: memoryVault(), nowMs: () => NOW_MS });
  let count = 0;
  return {
    signIn({ workspaceName, ...who }: Who): ConnectionRecord {
      count += 1;
      const data = {
        ...(who.workspace !== undefined && { workspaceId: who.workspace }),
        ...(workspaceName !== undefined && { workspace: workspaceName }),
      };
      const signedIn = { ...who, tokens: { accessToken: new Secret(`at-${count}`), data, secrets: {} } };
      return saveLogin(signedIn, row, { store, tokens, clock: stillClock });
    },
    end: ({ id }: ConnectionRecord) =>
      void store.connections.update(id, { isActive: false, testStatus: 'expired', lastError: 'over' }),
    names: () => store.connections.list().map(({ name }) => name),
    tokenOf: ({ id }: ConnectionRecord) => tokens.read(id)?.tokens.accessToken.reveal(),
  };
}

const SAME: readonly (readonly [why: string, first: Who, again: Who])[] = [
  ['the same e-mail address, whatever its case', { email: 'Ada@example.com' }, { email: 'ada@example.com' }],
  ['the same id, where no address is told', { identity: 'u-1' }, { identity: 'u-1' }],
  ['the same id, with an address that is told now', { identity: 'u-1' }, { identity: 'u-1', email: 'ada@example.com' }],
  ['the same id, with a new address', { identity: 'u-1', email: 'a@b.c' }, { identity: 'u-1', email: 'd@b.c' }],
  ['the same workspace', { email: 'a@b.c', workspace: 'w-1' }, { email: 'a@b.c', workspace: 'w-1' }],
];

it.each(SAME)('is updated: %s', (_why, first, again) => {
  const { signIn, names, tokenOf } = accounts('kiro');
  const { id } = signIn(first);
  const renewed = signIn(again);
  expect([renewed.id, tokenOf(renewed), names().length]).toEqual([id, 'at-2', 1]);
  expect(renewed.email ?? '').toBe(again.email ?? '');
});

const ANOTHER: readonly (readonly [why: string, first: Who, other: Who])[] = [
  ['another e-mail address', { email: 'ada@example.com' }, { email: 'bob@example.com' }],
  ['another id', { identity: 'u-1' }, { identity: 'u-2' }],
  ['another workspace', { email: 'a@b.c', workspace: 'w-1' }, { email: 'a@b.c', workspace: 'w-2' }],
  ['nothing is told, and the account serves', {}, {}],
  ['nothing is told of who signs in', { identity: 'u-1' }, {}],
  ['nothing was told of the account', {}, { email: 'ada@example.com' }],
];

it.each(ANOTHER)('is kept apart, with a name of its own: %s', (_why, first, other) => {
  const { signIn, names, tokenOf } = accounts('kiro');
  const before = signIn(first);
  expect(signIn(other).id).not.toBe(before.id);
  expect([tokenOf(before), new Set(names()).size]).toEqual(['at-1', 2]);
});

it('an account that ended and that nothing is told of is renewed by a login that nothing is told of', () => {
  const { signIn, end } = accounts('qwen');
  const [first, second] = [signIn({}), signIn({})];
  end(second);
  const renewed = signIn({});
  expect(renewed).toMatchObject({ id: second.id, isActive: true, testStatus: 'active' });
  expect(renewed.lastError).toBeUndefined();
  end(first);
  expect(signIn({ email: 'ada@example.com' }).id).not.toBe(first.id);
});

it('names accounts by person, then workspace, then number', () => {
  const { signIn, names } = accounts('codex');
  const ada = { email: 'ada@example.com', displayName: 'Ada' };
  signIn({ ...ada, workspace: 'w-1' });
  signIn({ ...ada, workspace: 'w-2', workspaceName: 'Analytical Engines' });
  signIn({ ...ada, workspace: 'w-3', workspaceName: 'Analytical Engines' });
  signIn({ displayName: 'Bob' });
  signIn({});
  expect(names()).toEqual([
    ...['ada@example.com', 'ada@example.com (Analytical Engines)', 'ada@example.com 2', 'Bob', 'OpenAI Codex'],
  ]);
});
