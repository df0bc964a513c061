/**
 * Every provider is signed in to as a person does it, against a server that is strict about each parameter; then a call is
 * made, and what its upstream got is looked at. Codex, whose port is fixed, has a file of its own.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { openInBrowser, type SimulatedAccount } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { USER_CODE } from '../../support/auth-servers/device-flow.ts';
import { type GeminiAuthServer, GOOGLE_SECRET, startGeminiAuth } from '../../support/auth-servers/gemini-cli.ts';
import { type GitHubAuthServer, startGitHubAuth } from '../../support/auth-servers/github.ts';
import { IFLOW_SECRET, type IflowAuthServer, startIflowAuth } from '../../support/auth-servers/iflow.ts';
import { type KiroAuthServer, startKiroAuth } from '../../support/auth-servers/kiro.ts';
import { type QwenAuthServer, startQwenAuth } from '../../support/auth-servers/qwen.ts';
import { sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from './login-core.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada', name: 'Ada' };
const bob: SimulatedAccount = { email: 'bob@example.com', id: 'bob', name: 'Bob' };

let claude: ClaudeAuthServer;
let gemini: GeminiAuthServer;
let github: GitHubAuthServer;
let iflow: IflowAuthServer;
let kiro: KiroAuthServer;
let qwen: QwenAuthServer;
let inference: Upstream;
let login: LoginCore;
const programs = mkdtempSync(join(tmpdir(), 'omniroute-programs-'));

/** Gemini CLI as npm installs it: a link in a folder of PATH to a package that holds the secret. */
function installGeminiCli(): void {
  const modules = join(programs, 'lib', 'node_modules', '@google');
  mkdirSync(join(modules, 'gemini-cli', 'dist'), { recursive: true });
  mkdirSync(join(modules, 'gemini-cli-core', 'dist', 'src', 'code_assist'), { recursive: true });
  writeFileSync(join(modules, 'gemini-cli', 'dist', 'index.js'), '// starts the CLI\n');
  writeFileSync(
    join(modules, 'gemini-cli-core', 'dist', 'src', 'code_assist', 'oauth2.js'),
    `const OAUTH_CLIENT_ID = 'x';\nconst OAUTH_CLIENT_SECRET = '${GOOGLE_SECRET}';\n`,
  );
  mkdirSync(join(programs, 'bin'));
  symlinkSync(join(modules, 'gemini-cli', 'dist', 'index.js'), join(programs, 'bin', 'gemini'));
}

beforeAll(async () => {
  installGeminiCli();
  [claude, gemini, github, iflow, kiro, qwen] = await Promise.all([
    startClaudeAuth(ada),
    startGeminiAuth(ada),
    startGitHubAuth(),
    startIflowAuth(ada),
    startKiroAuth(ada),
    startQwenAuth(),
  ]);
  inference = await startUpstream((_received, response) => sendJson(response, { error: { message: 'no' } }, 400));
  const hosts = ({ url }: { url: string }) => ({
    hosts: { api: inference.url, account: url, authorize: url, token: url, device: url },
  });
  login = await startLoginCore(
    {
      ...{ claude: hosts(claude), github: hosts(github), qwen: hosts(qwen), kiro: hosts(kiro), iflow: hosts(iflow) },
      'gemini-cli': { hosts: { ...hosts(gemini).hosts, api: gemini.url } },
    },
    { env: { PATH: join(programs, 'bin'), IFLOW_OAUTH_CLIENT_SECRET: IFLOW_SECRET } },
  );
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude, gemini, github, iflow, kiro, qwen, inference].map((server) => server.close()));
  rmSync(programs, { recursive: true, force: true });
});

async function start(provider: string, more: object = {}): Promise<JsonObject> {
  const { status, body, text } = await login.call('POST', '/api/oauth/start', { provider, ...more });
  expect(status, text).toBe(201);
  return body;
}

/** In the browser, and back to the listener; the sign-in's end. */
async function inBrowser(provider: string, more: object = {}): Promise<JsonObject> {
  const { authUrl, sessionId } = await start(provider, more);
  const response = await fetch(await openInBrowser(asString(authUrl) ?? ''));
  expect(await response.text()).toContain('Signed in');
  return await login.ended(asString(sessionId) ?? '');
}

/** By a code that the person enters; the sign-in's end. */
async function byCode(provider: string, enter: () => void, more: object = {}): Promise<JsonObject> {
  const started = await start(provider, more);
  expect(started).toMatchObject({ state: 'waiting', userCode: expect.stringMatching(USER_CODE), intervalMs: 1_000 });
  expect(started['message']).toContain(started['userCode']);
  enter();
  return await login.ended(asString(started['sessionId']) ?? '');
}

const of = async (provider: string): Promise<JsonObject[]> =>
  (await login.connections()).filter((one) => one['provider'] === provider);

/** The token or key that calls of a provider's model are made with. */
async function keyInCalls(model: string, path = '/v1/chat/completions'): Promise<string> {
  const before = inference.received.length;
  const answer = await login.core.post(path, { model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
  await answer.text();
  return inference.received[before]?.headers.authorization?.replace('Bearer ', '') ?? 'none';
}

describe('sign-in', () => {
  it('Claude Code: in the browser, two accounts, and a second time as the first', async () => {
    expect(await inBrowser('claude')).toMatchObject({ state: 'done', connection: { email: 'ada@example.com' } });
    claude.next.account = bob;
    await inBrowser('claude');
    await inBrowser('claude');
    expect((await of('claude')).map(({ email, plan }) => [email, plan])).toEqual([
      ['ada@example.com', 'max'],
      ['bob@example.com', 'max'],
    ]);
    expect(claude.families.accountOf(await keyInCalls('cc/claude-sonnet-4-5', '/v1/messages'))).toEqual(ada);
    expect(claude.faults).toEqual([]);
  });

  it('Claude Code: one person’s own plan and a team’s are two accounts', async () => {
    claude.next.account = { ...ada, team: 'Analytical Engines' };
    await inBrowser('claude');
    await inBrowser('claude');
    expect((await of('claude')).map(({ name, workspace }) => [name, workspace])).toEqual([
      ...[
        ['ada@example.com', undefined],
        ['bob@example.com', undefined],
      ],
      ['ada@example.com (Analytical Engines)', 'Analytical Engines'],
    ]);
    expect(claude.faults).toEqual([]);
  });

  it.each([1e12, 1e18, 1e300])('a token that is said to last for %s seconds hides no account', async (expiresInS) => {
    claude.next.expiresInS = expiresInS;
    expect(await inBrowser('claude')).toMatchObject({ state: 'done' });
    claude.next.expiresInS = 28_800;
    const { status, text } = await login.call('GET', '/api/providers');
    expect(status, text).toBe(200);
    expect(await keyInCalls('cc/claude-sonnet-4-5', '/v1/messages')).not.toBe('none');
  });

  it.each(['code#state', 'address', 'code'])('Claude Code: with a pasted %s', async (form) => {
    claude.next.account = ada;
    const { authUrl, sessionId } = await start('claude', { method: 'paste' });
    const back = new URL(await openInBrowser(asString(authUrl) ?? ''));
    const [code, state] = [back.searchParams.get('code') ?? '', back.searchParams.get('state') ?? ''];
    const pasted = { 'code#state': `${code}#${state}`, address: back.href, code }[form];
    const { body } = await login.call('POST', `/api/oauth/sessions/${asString(sessionId)}/complete`, { pasted });
    expect(body).toMatchObject({ state: 'done', connection: { email: 'ada@example.com' } });
    expect(claude.faults).toEqual([]);
  });

  it('GitHub Copilot: by a code, and calls go with its short-lived token', async () => {
    expect(await byCode('github', () => github.desk.enter(ada))).toMatchObject({ state: 'done' });
    expect(await byCode('github', () => github.desk.enter(bob))).toMatchObject({ state: 'done' });
    expect(await of('github')).toMatchObject([
      { email: 'ada@example.com', plan: 'monthly_subscriber' },
      { email: 'bob@example.com' },
    ]);
    expect(github.knowsCopilotToken(await keyInCalls('gh/gpt-4.1'))).toBe(true);
    expect(github.faults).toEqual([]);
  });

  it('Qwen Code: by a code, with a verifier', async () => {
    qwen.next.resourceUrl = inference.url;
    expect(await byCode('qwen', () => qwen.desk.enter(ada))).toMatchObject({ state: 'done' });
    expect(qwen.families.accountOf(await keyInCalls('qw/qwen3-coder-plus'))).toEqual(ada);
    expect(qwen.faults).toEqual([]);
  });

  it('Gemini CLI: with the secret of the installed program, and a project that is made on the way', async () => {
    gemini.next.project = 'given-project';
    expect(await inBrowser('gemini-cli')).toMatchObject({ state: 'done' });
    delete gemini.next.project;
    gemini.next.account = bob;
    expect(await inBrowser('gemini-cli')).toMatchObject({ state: 'done' });
    expect(await of('gemini-cli')).toMatchObject([
      { email: 'ada@example.com', projectId: 'given-project', plan: 'Standard' },
      { email: 'bob@example.com', projectId: 'project-of-bob', plan: 'Gemini Code Assist' },
    ]);
    expect(gemini.onboarded).toEqual(['free-tier']);
    expect(gemini.faults).toEqual([]);
  });

  it('iFlow: with the secret of the environment, and calls go with the key that it gives', async () => {
    expect(await inBrowser('iflow')).toMatchObject({ state: 'done', connection: { email: 'ada@example.com' } });
    expect(await keyInCalls('if/glm-4.7')).toBe(iflow.keyOf(ada));
    expect(iflow.faults).toEqual([]);
  });

  it('Kiro: with a Builder ID, and with a company account of its region', async () => {
    expect(await byCode('kiro', () => kiro.desk.enter(ada))).toMatchObject({ state: 'done' });
    const options = { startUrl: 'https://example.awsapps.com/start', region: 'eu-central-1' };
    await byCode('kiro', () => kiro.desk.enter(bob), { method: 'idc', options });
    expect(kiro.startUrls).toEqual(['https://view.awsapps.com/start', 'https://example.awsapps.com/start']);
    expect(await of('kiro')).toMatchObject([
      { email: 'ada@example.com', region: 'us-east-1' },
      { email: 'bob@example.com', region: 'eu-central-1' },
    ]);
    expect(kiro.faults).toEqual([]);
  });

  it('Kiro: one person’s Builder ID and company account are two accounts, each with its own tokens', async () => {
    const options = { startUrl: 'https://example.awsapps.com/start', region: 'eu-central-1' };
    const [again] = [
      await byCode('kiro', () => kiro.desk.enter(bob)),
      await byCode('kiro', () => kiro.desk.enter(bob)),
    ];
    await byCode('kiro', () => kiro.desk.enter(bob), { method: 'idc', options });
    const names = (await of('kiro')).map(({ name }) => name);
    expect(names).toEqual(['ada@example.com', 'bob@example.com', 'bob@example.com 2']);
    expect(again['connection']).toMatchObject({ name: 'bob@example.com 2' });
  });

  it.each(['google', 'github'])('Kiro: with %s, pasting the address of its own scheme', async (method) => {
    const { authUrl, sessionId, message } = await start('kiro', { method });
    expect(message).toContain('paste');
    const back = await openInBrowser(asString(authUrl) ?? '');
    expect(back).toMatch(/^kiro:\/\//);
    const { body } = await login.call('POST', `/api/oauth/sessions/${asString(sessionId)}/complete`, { pasted: back });
    expect(body).toMatchObject({ state: 'done' });
    expect(kiro.faults).toEqual([]);
  });

  it('tells which ways are open, with the terms, and no secret', async () => {
    const { body, text } = await login.call('GET', '/api/oauth/providers');
    const providers = objectsOf(body['providers']);
    expect(providers.map(({ provider, isReady }) => [provider, isReady])).toEqual(
      ['claude', 'codex', 'gemini-cli', 'github', 'iflow', 'kiro', 'qwen'].map((id) => [id, true]),
    );
    for (const { terms } of providers)
      expect(terms).toEqual({
        sentence: expect.stringMatching(/terms|licence/i),
        url: expect.stringMatching(/^https:/),
      });
    expect(providers.find(({ provider }) => provider === 'gemini-cli')).toMatchObject({ secretFrom: 'Gemini CLI' });
    expect(text).not.toContain(GOOGLE_SECRET);
    expect(text).not.toContain(IFLOW_SECRET);
  });
});
