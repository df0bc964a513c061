/** The processes of the bench: started here, ended here by their own process ids, loopback only. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asObject, asString, type JsonObject } from '../../core/base/json.ts';
import { type GatewayProcess, type ManagementClient, startGateway, stopProcess } from '../support/gateway-process.ts';
import type { Job, JobResult } from './load.ts';

export interface Target {
  readonly origin: string;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<unknown>;
}

const program = (name: string): string => join(import.meta.dirname, name);
const JSON_TYPE = { 'content-type': 'application/json' };
const GATEWAY_ENV = { REQUIRE_API_KEY: 'true', NODE_ENV: 'production' };
const SEEDED_CONNECTIONS = 1_000;
const SEEDED_COMBOS = 1_000;
const SEEDED_USAGE_ROWS = 100_000;

/** Starts one of the bench's own servers, which print their port. */
export async function startProgram(name: string, args: readonly string[] = []): Promise<Target> {
  const child = spawn(process.execPath, [program(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return {
    origin: `http://127.0.0.1:${Number(String(line))}`,
    pid: child.pid ?? 0,
    headers: JSON_TYPE,
    stop: () => stopProcess(child),
  };
}

export interface BenchGateway extends Target {
  readonly process: GatewayProcess;
}

/** A gateway with keys required, and the mock behind the prefixes `chat/` and `messages/`; of another checkout if wanted. */
export async function startBenchGateway(upstream: string, root?: string): Promise<BenchGateway> {
  const gateway = await startGateway({ env: GATEWAY_ENV, ...(root !== undefined && { root }) });
  return { ...target(gateway, await configure(await gateway.login(), upstream)), process: gateway };
}

/** The same with 1,000 connections, 1,000 combos and 100,000 recorded requests in its database. */
export async function startSeededGateway(upstream: string): Promise<BenchGateway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-bench-'));
  const first = await startGateway({ env: GATEWAY_ENV, dataDir });
  const management = await first.login();
  const key = await configure(management, upstream);
  await seed(management, upstream);
  await first.stop();
  const seeding = spawn(
    process.execPath,
    [program('seed-usage.ts'), join(dataDir, 'storage.sqlite'), String(SEEDED_USAGE_ROWS)],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const [code] = await once(seeding, 'exit');
  if (code !== 0) throw new Error('The usage rows could not be seeded.');
  const gateway = await startGateway({ env: GATEWAY_ENV, dataDir });
  const stop = async (): Promise<void> => {
    await gateway.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ...target(gateway, key), process: gateway, stop };
}

function target(gateway: GatewayProcess, key: string): Target {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${key}`, 'anthropic-version': '2023-06-01' };
  return { origin: gateway.baseUrl, pid: gateway.pid, headers, stop: () => gateway.stop() };
}

async function configure(management: ManagementClient, upstream: string): Promise<string> {
  const types = [
    { prefix: 'chat', type: 'openai-compatible', apiType: 'chat' },
    { prefix: 'messages', type: 'anthropic-compatible' },
  ];
  for (const type of types) {
    const { node } = await management.post('/api/provider-nodes', {
      ...type,
      name: type.prefix,
      baseUrl: `${upstream}/v1`,
    });
    await management.post('/api/providers', { provider: idOf(node), apiKey: 'sk-bench', name: 'bench' });
  }
  const { key } = await management.post('/api/keys', { name: 'bench' });
  if (typeof key !== 'string') throw new Error('The gateway gave no key.');
  return key;
}

async function seed(management: ManagementClient, upstream: string): Promise<void> {
  const nodes: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    const { node } = await management.post('/api/provider-nodes', {
      name: `Node ${index}`,
      prefix: `node-${index}`,
      type: 'openai-compatible',
      apiType: 'chat',
      baseUrl: `${upstream}/v1`,
    });
    nodes.push(idOf(node));
  }
  await inParallel(SEEDED_CONNECTIONS, (index) =>
    management.post('/api/providers', {
      provider: nodes[index % nodes.length] ?? '',
      apiKey: `sk-seed-${index}`,
      name: `account ${index}`,
    }),
  );
  await inParallel(SEEDED_COMBOS, (index) =>
    management.post('/api/combos', {
      name: `combo-${index}`,
      models: [`node-${index % 10}/model-a`, `node-${(index + 1) % 10}/model-b`],
      strategy: 'priority',
    }),
  );
}

async function inParallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

function idOf(value: JsonObject[string] | undefined): string {
  const id = asString(asObject(value)?.['id']);
  if (id === undefined) throw new Error('The gateway answered without an id.');
  return id;
}

export interface LoadGenerator {
  readonly run: (job: Job) => Promise<JobResult>;
  readonly stop: () => Promise<unknown>;
}

/** The load generator, in a process of its own. */
export function startLoad(): LoadGenerator {
  const child: ChildProcess = fork(program('load.ts'), [], { execArgv: [] });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const gone = (): void => reject(new Error('The load generator ended.'));
        child.once('exit', gone);
        child.once('message', (result: JobResult) => {
          child.off('exit', gone);
          resolve(result);
        });
        child.send(job);
      }),
    stop: () => stopProcess(child),
  };
}
