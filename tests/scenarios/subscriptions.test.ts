/**
 * A subscription from its login to its answers: two people sign in at each provider, a client of every protocol talks and
 * calls a tool with each one's account, and neither the sign-in's server nor the model's finds a fault.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject } from '../../core/base/json.ts';
import { type LoginCore, startLoginCore } from '../accounts/flows/login-core.ts';
import { startClaude } from '../support/account-upstreams/claude.ts';
import { holdConversations } from '../support/account-upstreams/conversations.ts';
import { startCopilot } from '../support/account-upstreams/copilot.ts';
import { startIflow } from '../support/account-upstreams/iflow.ts';
import { startKiro } from '../support/account-upstreams/kiro.ts';
import { startQwen } from '../support/account-upstreams/qwen.ts';
import type { AccountUpstream } from '../support/account-upstreams/upstream.ts';
import { type AuthServer, openInBrowser, type SimulatedAccount } from '../support/auth-servers/auth-server.ts';
import { startClaudeAuth } from '../support/auth-servers/claude.ts';
import { startGitHubAuth } from '../support/auth-servers/github.ts';
import { IFLOW_SECRET, startIflowAuth } from '../support/auth-servers/iflow.ts';
import { startKiroAuth } from '../support/auth-servers/kiro.ts';
import { startQwenAuth } from '../support/auth-servers/qwen.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada', name: 'Ada' };
const bob: SimulatedAccount = { email: 'bob@example.com', id: 'bob', name: 'Bob' };
/** Of those who sign in to Kiro by Google. */
const KIRO_PROFILE = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/SIMULATED';

interface Stage {
  readonly auth: AuthServer;
  readonly upstream: AccountUpstream;
  readonly env?: Record<string, string>;
  /** In the row, where it is not the upstream's. */
  readonly api?: string;
  /** Signs one person in. */
  signIn(login: LoginCore, who: SimulatedAccount): Promise<JsonObject>;
}

async function begin(login: LoginCore, provider: string, more: object = {}): Promise<JsonObject> {
  const { status, body, text } = await login.call('POST', '/api/oauth/start', { provider, ...more });
  expect(status, text).toBe(201);
  return body;
}

const idOf = ({ sessionId }: JsonObject): string => asString(sessionId) ?? '';

async function inBrowser(login: LoginCore, provider: string): Promise<JsonObject> {
  const begun = await begin(login, provider);
  await (await fetch(await openInBrowser(asString(begun['authUrl']) ?? ''))).text();
  return await login.ended(idOf(begun));
}

async function byCode(login: LoginCore, provider: string, enter: () => void): Promise<JsonObject> {
  const begun = await begin(login, provider);
  enter();
  return await login.ended(idOf(begun));
}

const STAGES: Readonly<Record<string, readonly [model: string, open: () => Promise<Stage>]>> = {
  claude: [
    'cc/claude-sonnet-5',
    async () => {
      const auth = await startClaudeAuth(ada);
      return {
        auth,
        upstream: await startClaude((token) => auth.families.accountOf(token) !== undefined),
        signIn(login, who) {
          auth.next.account = who;
          return inBrowser(login, 'claude');
        },
      };
    },
  ],
  github: [
    'gh/gpt-4.1',
    async () => {
      const auth = await startGitHubAuth();
      return {
        auth,
        upstream: await startCopilot(auth.knowsCopilotToken),
        signIn: (login, who) => byCode(login, 'github', () => auth.desk.enter(who)),
      };
    },
  ],
  qwen: [
    'qw/qwen3-coder-plus',
    async () => {
      const auth = await startQwenAuth();
      const upstream = await startQwen((token) => auth.families.accountOf(token) !== undefined);
      auth.next.resourceUrl = upstream.url;
      return { auth, upstream, signIn: (login, who) => byCode(login, 'qwen', () => auth.desk.enter(who)) };
    },
  ],
  iflow: [
    'if/qwen3-coder-plus',
    async () => {
      const auth = await startIflowAuth(ada);
      return {
        auth,
        env: { IFLOW_OAUTH_CLIENT_SECRET: IFLOW_SECRET },
        upstream: await startIflow((key) => key === auth.keyOf(ada) || key === auth.keyOf(bob)),
        signIn(login, who) {
          auth.next.account = who;
          return inBrowser(login, 'iflow');
        },
      };
    },
  ],
  kiro: [
    'kr/claude-sonnet-4.5',
    async () => {
      const auth = await startKiroAuth(ada);
      const isGood = (token: string): boolean => auth.families.accountOf(token) !== undefined;
      const upstream = await startKiro(isGood, 'us-east-1', KIRO_PROFILE);
      return {
        ...{ auth, upstream, api: `${upstream.url}/{region}` },
        async signIn(login, who) {
          auth.next.account = who;
          const begun = await begin(login, 'kiro', { method: 'google' });
          const pasted = await openInBrowser(asString(begun['authUrl']) ?? '');
          await login.call('POST', `/api/oauth/sessions/${idOf(begun)}/complete`, { pasted });
          return await login.ended(idOf(begun));
        },
      };
    },
  ],
};

describe.each(Object.entries(STAGES))('%s', (provider, [model, open]) => {
  let stage: Stage;
  let login: LoginCore;

  beforeAll(async () => {
    stage = await open();
    const { url } = stage.auth;
    const hosts = { api: stage.api ?? stage.upstream.url, account: url, authorize: url, token: url, device: url };
    login = await startLoginCore({ [provider]: { hosts } }, stage.env && { env: stage.env });
  });
  afterAll(async () => {
    await login.stop();
    await stage.auth.close();
    await stage.upstream.close();
  });

  it('two people sign in', async () => {
    for (const who of [ada, bob]) expect(await stage.signIn(login, who)).toMatchObject({ state: 'done' });
    expect(await login.connections()).toMatchObject([
      { provider, authType: 'oauth', isActive: true },
      { provider, authType: 'oauth', isActive: true },
    ]);
    await login.core.manage('PATCH', '/api/settings', { fallbackStrategy: 'round-robin', stickyRoundRobinLimit: 1 });
    expect(stage.auth.faults).toEqual([]);
  });

  holdConversations(model, () => ({ core: login.core, upstream: stage.upstream }));

  it('both accounts have served, each with its own token', () => {
    const tokens = new Set(stage.upstream.received.map(({ headers }) => headers.authorization));
    expect(tokens.size).toBe(2);
    expect(stage.auth.faults).toEqual([]);
  });
});
