/**
 * The programs that people use (Claude Code, Codex, opencode, pi, Continue, the SDKs) against the real server, with the
 * scripted mock as upstream in each of the four formats. They are 1.7 GB and take minutes, so they run when asked for:
 * `OMNIROUTE_CLIENTS=1 npm test -- tests/e2e/clients.test.ts` (`OMNIROUTE_CLIENTS_ONLY=codex` for some of them).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import { type GatewayProcess, startGateway, stopProcess } from '../support/gateway-process.ts';
import { ROOT } from '../support/sources.ts';

const SCRIPTS = join(ROOT, '..', 'shared', 'clients');
const INSTALLED =
  process.env['INST'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gateway-clients');
const ONLY = process.env['OMNIROUTE_CLIENTS_ONLY'] ?? '.';
const FORMATS = [
  { prefix: 'mock-chat', type: 'openai-compatible', apiType: 'chat', path: '/v1' },
  { prefix: 'mock-responses', type: 'openai-compatible', apiType: 'responses', path: '/v1' },
  { prefix: 'mock-messages', type: 'anthropic-compatible', path: '/v1' },
  { prefix: 'mock-gemini', type: 'gemini-compatible', path: '/v1beta' },
];
/** A name the SDKs know: they ask an unknown model for JSON through a forced tool, which the mock's chat does not play. */
const MODEL = 'claude-sonnet-4-5';
const RUN_LIMIT_MS = 20 * 60_000;

function whyNot(): string | undefined {
  if (!existsSync(join(SCRIPTS, 'run-clients.sh'))) return `the clients' scripts are not in ${SCRIPTS}`;
  if (!existsSync(INSTALLED))
    return `the clients are not installed in ${INSTALLED}; install-clients.sh puts them there`;
  return process.env['OMNIROUTE_CLIENTS'] === '1' ? undefined : 'takes minutes; OMNIROUTE_CLIENTS=1 runs it';
}
const reason = whyNot();

describe('real clients', () => {
  let gateway: GatewayProcess | undefined;
  let mock: ChildProcess | undefined;
  let key = '';
  const temporary = mkdtempSync(join(tmpdir(), 'omniroute-clients-'));

  beforeAll(async () => {
    if (reason !== undefined) return;
    const port = await freePort();
    mock = spawn(process.execPath, [join(SCRIPTS, 'mock.mjs'), String(port), join(temporary, 'mock.jsonl')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (mock.stdout !== null) await once(mock.stdout, 'data');
    gateway = await startGateway({ env: { REQUIRE_API_KEY: 'true' } });
    key = await configure(gateway, `http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    await gateway?.stop();
    if (mock !== undefined) await stopProcess(mock);
    rmSync(temporary, { recursive: true, force: true });
  });

  it.for(FORMATS)('all pass with $prefix as upstream', { timeout: RUN_LIMIT_MS }, async ({ prefix }, { skip }) => {
    if (reason !== undefined || gateway === undefined) return skip(reason ?? 'the gateway did not start');
    const run = spawn('bash', [join(SCRIPTS, 'run-clients.sh'), gateway.baseUrl, key, `${prefix}/${MODEL}`, ONLY], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, INST: INSTALLED, RUN_TMP: temporary, EMBED_MODEL: `mock-chat/${MODEL}` },
    });
    let output = '';
    run.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
    await once(run, 'close');
    expect(output.split('\n').filter((line) => line.includes(': FAIL'))).toEqual([]);
    expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  });
});

async function configure(gateway: GatewayProcess, upstream: string): Promise<string> {
  const management = await gateway.login();
  for (const { path, ...type } of FORMATS) {
    const { node } = await management.post('/api/provider-nodes', {
      ...type,
      name: type.prefix,
      baseUrl: `${upstream}${path}`,
    });
    const provider = asString(asObject(node)?.['id']) ?? '';
    await management.post('/api/providers', { provider, apiKey: 'sk-mock', name: 'mock' });
  }
  const { key } = await management.post('/api/keys', { name: 'clients' });
  return asString(key) ?? '';
}

/** A port that was free a moment ago: the mock takes a fixed one. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
