/** What can be set: the shape and bounds of each setting, and its default. */
import { z } from 'zod';
import { originAsSent } from './hosts.ts';
import { isEntry } from './ip-filter.ts';

const host = z
  .string()
  .regex(
    /^[a-z0-9._-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i,
    'must be a host, like box.example or box.example:8443',
  )
  .max(260);
const origin = z
  .string()
  .max(300)
  .regex(
    /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#*,]+$/i,
    'must be an origin, like https://app.example or vscode-file://vscode-app',
  )
  .transform(originAsSent);
const names = z.array(z.string().min(1).max(200)).max(500);

const waitMs = z.int().min(0).max(3_600_000);
/** Limits of one attempt, in milliseconds; see `AttemptLimits`. */
const timeouts = z.strictObject({
  connectMs: z.int().min(100).max(3_600_000),
  firstContentMs: z.int().min(100).max(3_600_000),
  idleMs: z.int().min(100).max(3_600_000),
  totalMs: z.int().min(100).max(86_400_000),
});
const comboConfig = z.strictObject({
  maxRetries: z.int().min(0).max(10).optional(),
  retryDelayMs: waitMs.optional(),
  /** Until the first content. */
  timeoutMs: timeouts.shape.firstContentMs.optional(),
  ...timeouts.omit({ firstContentMs: true }).partial().shape,
  concurrencyPerModel: z.int().min(1).max(10_000).optional(),
  queueTimeoutMs: waitMs.optional(),
});
const strategy = z.enum(['fill-first', 'round-robin', 'p2c', 'random', 'least-used', 'cost-optimized']);
/** facts.md E.4; times in milliseconds. */
const profile = z.strictObject({
  transientCooldown: z.number().min(0),
  rateLimitCooldown: z.number().min(0),
  maxBackoffLevel: z.number().min(0),
  circuitBreakerThreshold: z.number().min(0),
  circuitBreakerReset: z.number().min(0),
});
const rateLimit = z.strictObject({
  requestsPerMinute: z.number().min(1),
  minTimeBetweenRequests: z.number().min(0),
  concurrentRequests: z.number().min(1),
});
const address = z
  .string()
  .max(60)
  .refine(isEntry, 'must be an IP address, a range like 10.0.0.0/8 or a wildcard like 192.168.*.*');
const addresses = z.array(address).max(1_000);
const lockout = z.strictObject({
  attempts: z.int().min(0).max(10_000),
  windowMs: z.int().min(1_000).max(86_400_000),
  durationMs: z.int().min(1_000).max(31_536_000_000),
});

/** Shapes and bounds of the settings (facts.md F.3 and ours). Every member has a default in `DEFAULT_SETTINGS`. */
export const SETTINGS_SHAPE = {
  /** null: not needed for a local caller of a loopback listener, needed everywhere else. */
  requireApiKey: z.boolean().nullable(),
  /** The dashboard's login. It cannot be switched off: it holds every key. */
  requireLogin: z.literal(true, 'must stay true: the dashboard holds all your keys'),
  /** Hosts under which clients reach this gateway, besides loopback: `box.example`, `box.example:8443`. */
  allowedHosts: z.array(host).max(100),
  /** Origins of web pages and editors that may call this gateway from a browser. */
  allowedOrigins: z.array(origin).max(100),
  maxBodyBytes: z.int().min(1_024).max(1_073_741_824),
  /** Days for which requests stay in the usage tables. */
  retentionDays: z.int().min(1).max(3_650),
  enableRequestLogs: z.boolean(),
  requireAuthForModels: z.boolean(),
  blockedProviders: names,
  /** How an account is chosen, everywhere and by provider id. */
  fallbackStrategy: strategy,
  providerStrategies: z.record(z.string(), strategy),
  stickyRoundRobinLimit: z.int().min(1).max(1_000),
  comboDefaults: comboConfig,
  /** The same by provider id; wins over the defaults, a combo's own wins over both. */
  providerOverrides: z.record(z.string(), comboConfig),
  /** Named lists of model strings that follow a model of theirs when it is exhausted (facts.md E.7). */
  fallbackChains: z.record(z.string().min(1).max(100), z.array(z.string().min(1).max(300)).min(1).max(50)),
  providerProfiles: z.strictObject({ oauth: profile, apikey: profile }),
  /** Members of the profile that differ for one provider id. */
  providerResilience: z.record(z.string(), profile.partial()),
  rateLimitDefaults: rateLimit,
  /** Connection ids that keep to `rateLimitDefaults`, or to limits of their own. */
  rateLimits: z.record(z.string(), rateLimit.partial()),
  timeouts,
  /** Limits that differ for one provider id. */
  providerTimeouts: z.record(z.string(), timeouts.partial()),
  /** Whether answers carry `X-OmniRoute-Provider`, `-Model`, `-Connection` and `-Attempts`. */
  routeHeaders: z.boolean(),
  /** IANA name of the zone whose midnight begins a day of budgets and charts; null: the machine's. */
  timeZone: z.string().max(100).refine(isTimeZone, 'must be a time zone, like Europe/Berlin').nullable(),
  answerCache: z.strictObject({
    enabled: z.boolean(),
    maxEntries: z.int().min(1).max(1_000_000),
    maxMemoryBytes: z.int().min(1_024),
    ttlMs: z.int().min(1_000),
    /** Answers for requests that mean the same: needs a connected provider's embedding model. */
    similar: z
      .strictObject({ enabled: z.boolean(), model: z.string().max(300), threshold: z.number().min(0.5).max(1) })
      .refine(({ enabled, model }) => !enabled || model !== '', {
        path: ['model'],
        message: 'must name an embedding model, like openai/text-embedding-3-small',
      }),
  }),
  thinkingBudget: z.strictObject({
    mode: z.enum(['passthrough', 'auto', 'custom', 'adaptive']),
    customBudget: z.int().min(0).max(131_072),
    effortLevel: z.enum(['none', 'low', 'medium', 'high']),
  }),
  systemPrompt: z.strictObject({ enabled: z.boolean(), prompt: z.string().max(100_000) }),
  ipFilter: z.strictObject({
    enabled: z.boolean(),
    mode: z.enum(['blacklist', 'whitelist', 'whitelist-priority']),
    blacklist: addresses,
    whitelist: addresses,
  }),
  /** So many failures within a window lock an address for a time (facts.md E.11); 0 attempts: never. */
  lockouts: z.strictObject({
    /** Wrong passwords of the management login; 0 is refused, since nothing else slows guessing down. */
    login: lockout.extend({ attempts: z.int().min(1).max(1_000) }),
    /** Wrong API keys. */
    apiKeys: lockout,
    /** Also lock this machine's own addresses for their API keys. */
    locksThisMachine: z.boolean(),
  }),
  /** What is kept of bodies while `enableRequestLogs` is on. */
  requestLogs: z.strictObject({
    maxBodyBytes: z.int().min(256).max(16_777_216),
    maxTotalBytes: z.int().min(65_536),
    days: z.int().min(1).max(365),
  }),
  /** The oldest requests are removed beyond this size of the database. */
  maxDatabaseBytes: z.int().min(4_194_304),
  /** `/metrics` for Prometheus, behind a key with the management scope. */
  enableMetrics: z.boolean(),
  cloudEnabled: z.boolean(),
  theme: z.enum(['system', 'light', 'dark']),
} as const;

export const settingsSchema = z.strictObject(SETTINGS_SHAPE);
export type Settings = Readonly<z.output<typeof settingsSchema>>;
export type SettingName = keyof Settings;

export const DEFAULT_SETTINGS: Settings = {
  requireApiKey: null,
  requireLogin: true,
  allowedHosts: [],
  allowedOrigins: [],
  maxBodyBytes: 64 * 1024 * 1024,
  retentionDays: 90,
  enableRequestLogs: false,
  requireAuthForModels: false,
  blockedProviders: [],
  fallbackStrategy: 'fill-first',
  stickyRoundRobinLimit: 3,
  providerStrategies: {},
  comboDefaults: {},
  providerOverrides: {},
  fallbackChains: {},
  providerProfiles: {
    oauth: {
      transientCooldown: 5_000,
      rateLimitCooldown: 60_000,
      maxBackoffLevel: 8,
      circuitBreakerThreshold: 3,
      circuitBreakerReset: 60_000,
    },
    apikey: {
      transientCooldown: 3_000,
      rateLimitCooldown: 0,
      maxBackoffLevel: 5,
      circuitBreakerThreshold: 5,
      circuitBreakerReset: 30_000,
    },
  },
  providerResilience: {},
  rateLimitDefaults: { requestsPerMinute: 100, minTimeBetweenRequests: 200, concurrentRequests: 10 },
  rateLimits: {},
  timeouts: { connectMs: 10_000, firstContentMs: 60_000, idleMs: 120_000, totalMs: 900_000 },
  providerTimeouts: {},
  routeHeaders: true,
  timeZone: null,
  answerCache: {
    enabled: true,
    maxEntries: 500,
    maxMemoryBytes: 32 * 1024 * 1024,
    ttlMs: 3_600_000,
    similar: { enabled: false, model: '', threshold: 0.95 },
  },
  thinkingBudget: { mode: 'passthrough', customBudget: 10_240, effortLevel: 'medium' },
  systemPrompt: { enabled: false, prompt: '' },
  ipFilter: { enabled: false, mode: 'blacklist', blacklist: [], whitelist: [] },
  lockouts: {
    login: { attempts: 5, windowMs: 300_000, durationMs: 900_000 },
    // More than for passwords: a tool with an old key tries again by itself, a person does not.
    apiKeys: { attempts: 20, windowMs: 300_000, durationMs: 900_000 },
    locksThisMachine: false,
  },
  requestLogs: { maxBodyBytes: 65_536, maxTotalBytes: 100 * 1024 * 1024, days: 7 },
  maxDatabaseBytes: 1024 * 1024 * 1024,
  enableMetrics: false,
  cloudEnabled: false,
  theme: 'system',
};

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
