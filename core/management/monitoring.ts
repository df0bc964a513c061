/** How the program and its storage are: `/api/monitoring/health`, `/api/storage/health` (facts.md C.10). */
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Handlers } from './implementer.ts';
import {
  breakerShape,
  breakersOf,
  cooldownShape,
  cooldownsOf,
  rateLimitStatusOf,
  rateLimitStatusShape,
} from './resilience.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

const WINDOW_MS = 3_600_000;
const providerHealth = z.object({
  state: breakerShape.shape.state,
  failures: z.number().describe('In a row'),
  lastFailure: timeShape.nullable(),
  requestsLastHour: z.number(),
  failuresLastHour: z.number(),
  p50: z.number().describe('Milliseconds, of the last hour'),
  p95: z.number(),
  p99: z.number(),
});
export const healthShape = z.object({
  status: z.enum(['healthy', 'degraded']).describe('degraded: a breaker is not closed, or the vault is not open'),
  timestamp: timeShape,
  system: z.object({
    version: z.string(),
    nodeVersion: z.string(),
    uptime: z.number().describe('Seconds'),
    memoryUsage: z.object({ rss: z.number(), heapTotal: z.number(), heapUsed: z.number(), external: z.number() }),
    pid: z.number(),
    platform: z.string(),
    arch: z.string(),
  }),
  activeRequests: z.number(),
  providerHealth: z.record(z.string(), providerHealth),
  rateLimitStatus: rateLimitStatusShape,
  lockouts: z.array(cooldownShape).describe('Accounts and models that rest'),
  setupComplete: z.boolean(),
});
const storage = z.object({
  driver: z.literal('sqlite'),
  dbPath: z.string().describe('The home folder shown as ~'),
  dataDir: z.string(),
  sizeBytes: z.number().describe('In use by rows and indexes'),
  fileBytes: z.number().describe('Of the database file and its log'),
  maxBytes: z.number(),
  lastBackupAt: timeShape.nullable(),
  backupCount: z.number(),
  retentionDays: z.number(),
});

export const monitoringContract = {
  health: oc
    .route({ method: 'GET', path: '/monitoring/health', summary: 'How the program and the providers are' })
    .output(healthShape),
  reset: oc
    .route({ method: 'DELETE', path: '/monitoring/health', summary: 'Close all breakers and end all cooldowns' })
    .output(z.object({ success: z.literal(true), message: z.string(), resetCount: z.number() })),
  storage: oc
    .route({ method: 'GET', path: '/storage/health', summary: 'Where the database is, and how large' })
    .output(storage),
};

export const monitoringHandlers = ({ monitoring }: Handlers) => ({
  health: monitoring.health.handler(({ context: { services } }) => healthOf(services)),
  reset: monitoring.reset.handler(({ context: { services } }) => {
    const resetCount = services.resilience.reset();
    return { success: true as const, message: `${resetCount} breakers and cooldowns were reset.`, resetCount };
  }),
  storage: monitoring.storage.handler(({ context: { services } }) => storageOf(services)),
});

/** How the program and the providers are right now. */
export function healthOf(services: ManagementServices): z.output<typeof healthShape> {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  const providers = providerHealthOf(services);
  const isWell =
    services.vault.state().is === 'open' && Object.values(providers).every(({ state }) => state === 'CLOSED');
  return {
    status: isWell ? 'healthy' : 'degraded',
    timestamp: isoTime(services.clock.nowMs()),
    system: {
      version: services.version,
      nodeVersion: process.version,
      uptime: Math.round(process.uptime()),
      memoryUsage: { rss, heapTotal, heapUsed, external },
      ...{ pid: process.pid, platform: process.platform, arch: process.arch },
    },
    activeRequests: services.activeRequests().length,
    providerHealth: providers,
    rateLimitStatus: rateLimitStatusOf(services),
    lockouts: cooldownsOf(services),
    setupComplete: services.sessions.hasPassword(),
  };
}

function providerHealthOf(services: ManagementServices): Record<string, z.output<typeof providerHealth>> {
  const { byProvider } = services.telemetry.summary(WINDOW_MS);
  const breakers = new Map(breakersOf(services).map((breaker) => [breaker.name, breaker]));
  return Object.fromEntries(
    [...new Set([...breakers.keys(), ...Object.keys(byProvider)])].map((provider) => {
      const breaker = breakers.get(provider);
      const speed = byProvider[provider];
      return [
        provider,
        {
          state: breaker?.state ?? 'CLOSED',
          failures: breaker?.failureCount ?? 0,
          lastFailure: breaker?.lastFailureTime ?? null,
          requestsLastHour: speed?.requests ?? 0,
          failuresLastHour: speed?.failures ?? 0,
          ...{ p50: speed?.latency.p50 ?? 0, p95: speed?.latency.p95 ?? 0, p99: speed?.latency.p99 ?? 0 },
        },
      ];
    }),
  );
}

function storageOf({ databaseFile, store, settings }: ManagementServices): z.output<typeof storage> {
  const { retentionDays, maxDatabaseBytes } = settings.current();
  const folder = dirname(databaseFile);
  const backups = timesOf(join(folder, 'db_backups'));
  return {
    driver: 'sqlite',
    dbPath: fromHome(databaseFile),
    dataDir: fromHome(folder),
    sizeBytes: store.sizeBytes(),
    fileBytes: sizeOf(databaseFile) + sizeOf(`${databaseFile}-wal`),
    maxBytes: maxDatabaseBytes,
    lastBackupAt: backups.length === 0 ? null : isoTime(Math.max(...backups)),
    backupCount: backups.length,
    retentionDays,
  };
}

function fromHome(path: string): string {
  const home = homedir();
  return path.startsWith(home) ? `~${path.slice(home.length)}` : path;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** When the database files in a folder were written; none where there is no folder. */
function timesOf(folder: string): number[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? []);
}
