/**
 * The seven subscriptions, a row each: the vendor's simulated sign-in, quota and model service, what the person does at the
 * sign-in, and the SDK whose users have it. For the scenarios over the API and from the tray.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startClaude } from './account-upstreams/claude.ts';
import { startCodeAssist } from './account-upstreams/code-assist.ts';
import { startCodex } from './account-upstreams/codex.ts';
import { startCopilot } from './account-upstreams/copilot.ts';
import { startIflow } from './account-upstreams/iflow.ts';
import { startKiro } from './account-upstreams/kiro.ts';
import { startQwen } from './account-upstreams/qwen.ts';
import type { AccountUpstream } from './account-upstreams/upstream.ts';
import type { AuthServer, SimulatedAccount } from './auth-servers/auth-server.ts';
import { startClaudeAuth } from './auth-servers/claude.ts';
import { type CodexAccount, startCodexAuth } from './auth-servers/codex.ts';
import type { DeviceDesk } from './auth-servers/device-flow.ts';
import { GOOGLE_SECRET, startGeminiAuth } from './auth-servers/gemini-cli.ts';
import { startGitHubAuth } from './auth-servers/github.ts';
import { IFLOW_SECRET, startIflowAuth } from './auth-servers/iflow.ts';
import { KIRO_PROFILE, startKiroAuth } from './auth-servers/kiro.ts';
import { tellQuotas } from './auth-servers/quotas.ts';
import { startQwenAuth } from './auth-servers/qwen.ts';
import { anthropicSdk, googleSdk, openaiChatSdk, openaiResponsesSdk, type SdkClient } from './sdk-clients.ts';

export type Person = CodexAccount;
export const ADA: Person = { email: 'ada@example.com', id: 'ada', name: 'Ada', plan: 'plus' };
export const BOB: Person = { email: 'bob@example.com', id: 'bob', name: 'Bob', plan: 'plus' };

export interface Subscription {
  readonly provider: string;
  /** In menus and on pages. */
  readonly name: string;
  readonly model: string;
  readonly client: SdkClient;
  /** How the person brings the answer: the browser comes back by itself, a code is typed there, its address is pasted. */
  readonly way: 'browser' | 'code' | 'paste';
  /** Of several ways to sign in; default: the first. */
  readonly method?: { readonly id: string; readonly label: string };
  /** Of the vendor's registration. */
  readonly callbackPort?: number;
  /** False: nothing that the vendor tells says whose account it is. */
  readonly tellsWho: boolean;
  open(): Promise<Stage>;
}

/** The vendor, simulated. */
export interface Stage {
  readonly auth: AuthServer;
  readonly upstream: AccountUpstream;
  /** Of the row in `providers.json`. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** The person at the sign-in's page, which is opened next or takes the code. */
  arrive(person: Person, userCode: string): void;
  close(): Promise<void>;
}

interface Parts extends Pick<Stage, 'auth' | 'upstream' | 'arrive'> {
  readonly env?: Readonly<Record<string, string>>;
  /** In the row, where it is not the upstream's. */
  readonly api?: string;
  close?(): Promise<void>;
}

function stageOf(provider: string, { auth, upstream, arrive, env = {}, api = upstream.url, close }: Parts): Stage {
  tellQuotas(provider, auth);
  const { url } = auth;
  return {
    ...{ auth, upstream, arrive, env },
    hosts: { api, account: url, authorize: url, token: url, device: url },
    close: async () => void (await Promise.all([auth.close(), upstream.close(), close?.()])),
  };
}

/** The person sits at the page that is opened next. */
const seatAt =
  ({ next }: { readonly next: { account: SimulatedAccount } }) =>
  (person: Person): void => {
    next.account = person;
  };

const typeAt =
  ({ desk }: { readonly desk: DeviceDesk }) =>
  (person: Person, userCode: string): void =>
    desk.type(userCode, person);

const isGiven =
  ({ families }: AuthServer) =>
  (token: string): boolean =>
    families.accountOf(token) !== undefined;

export const SUBSCRIPTIONS: readonly Subscription[] = [
  {
    ...{ provider: 'claude', name: 'Claude Code', model: 'cc/claude-sonnet-5', client: anthropicSdk },
    ...{ way: 'browser', tellsWho: true },
    async open() {
      const auth = await startClaudeAuth(ADA);
      const upstream = await startClaude(isGiven(auth));
      return stageOf('claude', { auth, upstream, arrive: seatAt(auth) });
    },
  },
  {
    ...{ provider: 'codex', name: 'OpenAI Codex', model: 'cx/gpt-5.6-sol', client: openaiResponsesSdk },
    ...{ way: 'browser', callbackPort: 1_455, tellsWho: true },
    async open() {
      const auth = await startCodexAuth(ADA);
      const upstream = await startCodex(isGiven(auth), (token) => auth.families.accountOf(token)?.id);
      return stageOf('codex', { auth, upstream, arrive: seatAt(auth) });
    },
  },
  {
    ...{ provider: 'gemini-cli', name: 'Gemini CLI', model: 'gc/gemini-2.5-pro', client: googleSdk },
    ...{ way: 'browser', tellsWho: true },
    async open() {
      const auth = await startGeminiAuth(ADA);
      const projectOf = (token: string): string => `project-of-${auth.families.accountOf(token)?.id}`;
      const upstream = await startCodeAssist(isGiven(auth), projectOf);
      const front = await startFront((path) => (/generateContent/i.test(path) ? upstream.url : auth.url));
      return stageOf('gemini-cli', {
        ...{ auth, upstream, api: front.url, close: front.close },
        env: { GEMINI_CLI_OAUTH_CLIENT_SECRET: GOOGLE_SECRET },
        arrive: seatAt(auth),
      });
    },
  },
  {
    ...{ provider: 'github', name: 'GitHub Copilot', model: 'gh/gpt-4.1', client: openaiChatSdk },
    ...{ way: 'code', tellsWho: true },
    async open() {
      const auth = await startGitHubAuth();
      const upstream = await startCopilot(auth.knowsCopilotToken);
      return stageOf('github', { auth, upstream, arrive: typeAt(auth) });
    },
  },
  {
    ...{ provider: 'qwen', name: 'Qwen Code', model: 'qw/qwen3-coder-plus', client: openaiChatSdk },
    ...{ way: 'code', tellsWho: false },
    async open() {
      const auth = await startQwenAuth();
      const upstream = await startQwen(isGiven(auth));
      auth.next.resourceUrl = upstream.url;
      return stageOf('qwen', { auth, upstream, arrive: typeAt(auth) });
    },
  },
  {
    ...{ provider: 'iflow', name: 'iFlow AI', model: 'if/qwen3-coder-plus', client: openaiChatSdk },
    ...{ way: 'browser', tellsWho: true },
    async open() {
      const auth = await startIflowAuth(ADA);
      const upstream = await startIflow((key) => key === auth.keyOf(ADA) || key === auth.keyOf(BOB));
      return stageOf('iflow', {
        ...{ auth, upstream },
        env: { IFLOW_OAUTH_CLIENT_SECRET: IFLOW_SECRET },
        arrive: seatAt(auth),
      });
    },
  },
  {
    ...{ provider: 'kiro', name: 'Kiro AI', model: 'kr/claude-sonnet-4.5', client: anthropicSdk },
    ...{ way: 'paste', method: { id: 'google', label: 'With Google' }, tellsWho: true },
    async open() {
      const auth = await startKiroAuth(ADA);
      const upstream = await startKiro(isGiven(auth), 'us-east-1', KIRO_PROFILE);
      return stageOf('kiro', {
        ...{ auth, upstream, api: `${upstream.url}/{region}` },
        arrive: seatAt(auth),
      });
    },
  },
];

/** One host that is two servers here, by path: Google serves the models beside an account's set-up and quota. */
async function startFront(serverOf: (path: string) => string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((asked, response) => {
    const { url = '/', method, headers } = asked;
    const passed = request(serverOf(url) + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
