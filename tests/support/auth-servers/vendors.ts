/** The servers of all providers that are signed in to, and how they differ, for tests that go through every one of them. */
import type { AuthServer, SimulatedAccount } from './auth-server.ts';
import { startClaudeAuth } from './claude.ts';
import { startCodexAuth } from './codex.ts';
import type { DeviceDesk } from './device-flow.ts';
import { GOOGLE_SECRET, startGeminiAuth } from './gemini-cli.ts';
import { startGitHubAuth } from './github.ts';
import { IFLOW_SECRET, startIflowAuth } from './iflow.ts';
import { startKiroAuth } from './kiro.ts';
import { startQwenAuth } from './qwen.ts';

export interface Vendor {
  readonly server: AuthServer;
  /** Where its models are. */
  readonly api: string;
  /** Where a code, a device code or a refresh token becomes tokens. */
  readonly tokenPath: string;
  /** Where an account without a desk is signed in to, in a browser. */
  readonly pagePath?: string;
  /** Of device codes, and where one is asked for. */
  readonly desk?: DeviceDesk;
  readonly devicePath?: string;
  /** What makes calls work, where that is no token: renewed at this path. */
  readonly renewPath?: string;
  readonly quotaPath?: string;
  readonly model: string;
}

export type VendorName = 'claude' | 'codex' | 'gemini-cli' | 'github' | 'iflow' | 'kiro' | 'qwen';
export type Vendors = Readonly<Record<VendorName, Vendor>>;

/** What the environment must say for the providers whose client has a secret. */
export const CLIENT_SECRETS = {
  GEMINI_CLI_OAUTH_CLIENT_SECRET: GOOGLE_SECRET,
  IFLOW_OAUTH_CLIENT_SECRET: IFLOW_SECRET,
} as const;

/** Starts all of them; those with a page sign this account in. `api`: where their models are; default: at no server. */
export async function startVendors(account: SimulatedAccount, api = 'http://127.0.0.1:9'): Promise<Vendors> {
  const [claude, codex, gemini, github, iflow, kiro, qwen] = await Promise.all([
    startClaudeAuth(account),
    startCodexAuth({ plan: 'plus', ...account }),
    startGeminiAuth(account),
    startGitHubAuth(),
    startIflowAuth(account),
    startKiroAuth(account),
    startQwenAuth(),
  ]);
  gemini.next.project = 'simulated-project';
  qwen.next.resourceUrl = api;
  return {
    claude: {
      ...{ server: claude, api, tokenPath: '/v1/oauth/token', pagePath: '/oauth/authorize' },
      ...{ quotaPath: '/api/oauth/usage', model: 'cc/claude-sonnet-4-5' },
    },
    codex: {
      ...{ server: codex, api, tokenPath: '/oauth/token', pagePath: '/oauth/authorize' },
      ...{ quotaPath: '/backend-api/wham/usage', model: 'cx/gpt-5.6-sol' },
    },
    'gemini-cli': {
      // The host of its models sets accounts up, too.
      ...{ server: gemini, api: gemini.url, tokenPath: '/token', pagePath: '/o/oauth2/v2/auth' },
      ...{ quotaPath: '/v1internal:retrieveUserQuota', model: 'gc/gemini-3-flash-preview' },
    },
    github: {
      ...{ server: github, api, tokenPath: '/login/oauth/access_token', desk: github.desk, model: 'gh/gpt-4.1' },
      ...{ devicePath: '/login/device/code', renewPath: '/copilot_internal/v2/token' },
      quotaPath: '/copilot_internal/user',
    },
    iflow: { server: iflow, api, tokenPath: '/oauth/token', pagePath: '/oauth', model: 'if/qwen3-coder-plus' },
    kiro: {
      ...{ server: kiro, api, tokenPath: '/token', desk: kiro.desk, model: 'kr/claude-sonnet-4.5' },
      devicePath: '/device_authorization',
    },
    qwen: {
      ...{ server: qwen, api, tokenPath: '/api/v1/oauth2/token', desk: qwen.desk, model: 'qw/qwen3-coder-plus' },
      devicePath: '/api/v1/oauth2/device/code',
    },
  };
}

export function vendorNames(vendors: Vendors): readonly VendorName[] {
  return Object.keys(vendors) as VendorName[];
}

/** `providers.json`. */
export function hostsOf(vendors: Vendors): object {
  const row = ({ api, server: { url } }: Vendor): object => ({
    hosts: { api, account: url, authorize: url, token: url, device: url },
  });
  return Object.fromEntries(Object.entries(vendors).map(([name, vendor]) => [name, row(vendor)]));
}

export async function closeVendors(vendors: Vendors): Promise<void> {
  await Promise.all(Object.values(vendors).map(({ server }) => server.close()));
}
