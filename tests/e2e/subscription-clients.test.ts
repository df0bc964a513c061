/**
 * The programs that people use, through accounts that were signed in to: Claude Code with a model of each subscription,
 * Codex with its own, each with a turn in which its shell is called and one in which the result is told. The vendors are
 * the strict simulations of the other tests. The programs are some 800 MB and are installed as `clients.test.ts` says;
 * this runs when asked for: `OMNIROUTE_CLIENTS=1 npm test -- tests/e2e/subscription-clients.test.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startLoginCore } from '../accounts/flows/login-core.ts';
import { signInByApi } from '../support/sign-in.ts';
import { ADA, SUBSCRIPTIONS, type Subscription } from '../support/subscriptions.ts';

const INSTALLED =
  process.env['INST'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gateway-clients');
const RUN_LIMIT_MS = 60_000;

interface Program {
  readonly file: string;
  readonly env: (url: string, model: string) => Readonly<Record<string, string>>;
  readonly args: (url: string, model: string) => readonly string[];
}

const CLAUDE_CODE: Program = {
  file: join(INSTALLED, 'claude24', 'node_modules', '.bin', 'claude'),
  env: (url, model) => ({
    ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: 'any', ANTHROPIC_MODEL: model },
    ...{ ANTHROPIC_SMALL_FAST_MODEL: model, ANTHROPIC_DEFAULT_HAIKU_MODEL: model },
    ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
  }),
  args: () => ['-p', 'How is the weather?', '--allowedTools', 'Bash'],
};
const CODEX: Program = {
  file: join(INSTALLED, 'codex', 'node_modules', '.bin', 'codex'),
  env: () => ({ GATEWAY_KEY: 'any' }),
  args: (url, model) => [
    ...['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', model],
    ...['-c', 'analytics.enabled=false', '-c', 'check_for_update_on_startup=false', '-c', 'model_provider=gateway'],
    ...[
      '-c',
      `model_providers.gateway={name="gateway",base_url="${url}/v1",env_key="GATEWAY_KEY",wire_api="responses"}`,
    ],
    'How is the weather?',
  ],
};

const RUNS = [
  ...SUBSCRIPTIONS.map((subscription) => ({ name: 'Claude Code', program: CLAUDE_CODE, subscription })),
  ...SUBSCRIPTIONS.filter(({ provider }) => provider === 'codex').map((subscription) => ({
    ...{ name: 'Codex', program: CODEX, subscription },
  })),
].map((run) => ({ ...run, provider: run.subscription.provider }));

/** What it printed, and with which code it ended. */
async function run({ file, args, env }: Program, url: string, { model }: Subscription) {
  const home = mkdtempSync(join(tmpdir(), 'omniroute-client-'));
  mkdirSync(join(home, 'work'));
  const child = spawn(file, args(url, model), {
    cwd: join(home, 'work'),
    env: { PATH: process.env['PATH'], HOME: home, CI: '1', NO_COLOR: '1', ...env(url, model) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: RUN_LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  return { code, output };
}

describe('real programs', () => {
  it.for(RUNS)('$name with an account of $provider', { timeout: 2 * RUN_LIMIT_MS }, async (one, { skip }) => {
    const { program, subscription, provider } = one;
    if (!existsSync(program.file)) return skip(`it is not installed in ${INSTALLED}`);
    if (process.env['OMNIROUTE_CLIENTS'] !== '1') return skip('takes a while; OMNIROUTE_CLIENTS=1 runs it');
    const stage = await subscription.open();
    const login = await startLoginCore({ [provider]: { hosts: stage.hosts } }, { env: { ...stage.env } });
    try {
      await signInByApi(subscription, { login, stage, person: ADA });
      const { code, output } = await run(program, login.core.url, subscription);
      expect(stage.upstream.faults, output).toEqual([]);
      expect([code, output]).toEqual([0, expect.stringMatching(/^It is .*\bsunny\b/ms)]);
    } finally {
      await login.stop();
      await stage.close();
    }
  });
});
