/** Settings as rows of a table: what is edited how, on which tab. Texts are `field.<id>` of the language files. */
import type { Inputs, Outputs } from '../../api.ts';

export type Settings = Outputs['settings']['get'];
export type SettingsChange = Inputs['settings']['patch'];

interface Place {
  readonly id: string;
  readonly section: string;
  /** The setting, and the members that lead to what is edited within it. */
  readonly path: readonly [keyof SettingsChange, ...string[]];
}
export type Field = Place &
  (
    | { readonly kind: 'switch' | 'tags' | 'text' }
    | { readonly kind: 'select'; readonly options: readonly string[] }
    | {
        readonly kind: 'number';
        readonly min: number;
        readonly max: number;
        /** So many of the stored unit are one of the shown; default 1. */
        readonly scale?: number;
        /** Shown behind the number. */
        readonly unit?: string;
      }
  );

const SECOND = { scale: 1_000, unit: ' s' };
const MINUTE = { scale: 60_000, unit: ' min' };
const MEGABYTE = { scale: 1_048_576, unit: ' MiB' };
const number = { kind: 'number', min: 0 } as const;
const toggle = { kind: 'switch' } as const;
const strategies = ['fill-first', 'round-robin', 'p2c', 'random', 'least-used', 'cost-optimized'];

const lockout = (id: string, kind: string, leastAttempts: number): readonly Field[] => [
  {
    id: `${id}Attempts`,
    section: 'lockouts',
    path: ['lockouts', kind, 'attempts'],
    ...number,
    min: leastAttempts,
    max: 1_000,
  },
  {
    id: `${id}Window`,
    section: 'lockouts',
    path: ['lockouts', kind, 'windowMs'],
    ...number,
    ...MINUTE,
    min: 1,
    max: 1_440,
  },
  {
    id: `${id}Duration`,
    section: 'lockouts',
    path: ['lockouts', kind, 'durationMs'],
    ...number,
    ...MINUTE,
    min: 1,
    max: 525_600,
  },
];
const profile = (kind: 'oauth' | 'apikey'): readonly Field[] => [
  {
    id: 'transientCooldown',
    section: kind,
    path: ['providerProfiles', kind, 'transientCooldown'],
    ...number,
    ...SECOND,
    max: 3_600,
  },
  {
    id: 'rateLimitCooldown',
    section: kind,
    path: ['providerProfiles', kind, 'rateLimitCooldown'],
    ...number,
    ...SECOND,
    max: 86_400,
  },
  { id: 'maxBackoffLevel', section: kind, path: ['providerProfiles', kind, 'maxBackoffLevel'], ...number, max: 20 },
  {
    id: 'breakerThreshold',
    section: kind,
    path: ['providerProfiles', kind, 'circuitBreakerThreshold'],
    ...number,
    max: 1_000,
  },
  {
    id: 'breakerReset',
    section: kind,
    path: ['providerProfiles', kind, 'circuitBreakerReset'],
    ...number,
    ...SECOND,
    max: 86_400,
  },
];

export const TABS = ['security', 'routing', 'resilience', 'ai', 'advanced', 'system', 'appearance'] as const;
export type Tab = (typeof TABS)[number];

export const FIELDS: Readonly<Record<Tab, readonly Field[]>> = {
  security: [
    {
      id: 'requireApiKey',
      section: 'access',
      path: ['requireApiKey'],
      kind: 'select',
      options: ['automatic', 'always', 'never'],
    },
    { id: 'requireAuthForModels', section: 'access', path: ['requireAuthForModels'], ...toggle },
    { id: 'blockedProviders', section: 'access', path: ['blockedProviders'], kind: 'tags' },
    { id: 'allowedHosts', section: 'access', path: ['allowedHosts'], kind: 'tags' },
    { id: 'allowedOrigins', section: 'access', path: ['allowedOrigins'], kind: 'tags' },
    { id: 'ipEnabled', section: 'addresses', path: ['ipFilter', 'enabled'], ...toggle },
    {
      id: 'ipMode',
      section: 'addresses',
      path: ['ipFilter', 'mode'],
      kind: 'select',
      options: ['blacklist', 'whitelist', 'whitelist-priority'],
    },
    { id: 'ipBlacklist', section: 'addresses', path: ['ipFilter', 'blacklist'], kind: 'tags' },
    { id: 'ipWhitelist', section: 'addresses', path: ['ipFilter', 'whitelist'], kind: 'tags' },
    ...lockout('login', 'login', 1),
    ...lockout('key', 'apiKeys', 0),
    { id: 'locksThisMachine', section: 'lockouts', path: ['lockouts', 'locksThisMachine'], ...toggle },
  ],
  routing: [
    { id: 'strategy', section: 'accounts', path: ['fallbackStrategy'], kind: 'select', options: strategies },
    { id: 'sticky', section: 'accounts', path: ['stickyRoundRobinLimit'], ...number, min: 1, max: 1_000 },
  ],
  resilience: [
    ...profile('oauth'),
    ...profile('apikey'),
    {
      id: 'perMinute',
      section: 'rates',
      path: ['rateLimitDefaults', 'requestsPerMinute'],
      ...number,
      min: 1,
      max: 100_000,
    },
    {
      id: 'between',
      section: 'rates',
      path: ['rateLimitDefaults', 'minTimeBetweenRequests'],
      ...number,
      unit: ' ms',
      max: 3_600_000,
    },
    {
      id: 'atOnce',
      section: 'rates',
      path: ['rateLimitDefaults', 'concurrentRequests'],
      ...number,
      min: 1,
      max: 10_000,
    },
    { id: 'connect', section: 'timeouts', path: ['timeouts', 'connectMs'], ...number, ...SECOND, min: 1, max: 3_600 },
    {
      id: 'firstContent',
      section: 'timeouts',
      path: ['timeouts', 'firstContentMs'],
      ...number,
      ...SECOND,
      min: 1,
      max: 3_600,
    },
    { id: 'idle', section: 'timeouts', path: ['timeouts', 'idleMs'], ...number, ...SECOND, min: 1, max: 3_600 },
    { id: 'total', section: 'timeouts', path: ['timeouts', 'totalMs'], ...number, ...SECOND, min: 1, max: 86_400 },
  ],
  ai: [
    {
      id: 'thinkingMode',
      section: 'thinking',
      path: ['thinkingBudget', 'mode'],
      kind: 'select',
      options: ['passthrough', 'auto', 'custom', 'adaptive'],
    },
    { id: 'thinkingBudget', section: 'thinking', path: ['thinkingBudget', 'customBudget'], ...number, max: 131_072 },
    {
      id: 'effort',
      section: 'thinking',
      path: ['thinkingBudget', 'effortLevel'],
      kind: 'select',
      options: ['none', 'low', 'medium', 'high'],
    },
    { id: 'promptEnabled', section: 'prompt', path: ['systemPrompt', 'enabled'], ...toggle },
    { id: 'prompt', section: 'prompt', path: ['systemPrompt', 'prompt'], kind: 'text' },
    { id: 'cacheEnabled', section: 'cache', path: ['answerCache', 'enabled'], ...toggle },
    { id: 'cacheTtl', section: 'cache', path: ['answerCache', 'ttlMs'], ...number, ...MINUTE, min: 1, max: 525_600 },
    { id: 'cacheEntries', section: 'cache', path: ['answerCache', 'maxEntries'], ...number, min: 1, max: 1_000_000 },
  ],
  advanced: [
    { id: 'routeHeaders', section: 'answers', path: ['routeHeaders'], ...toggle },
    { id: 'metrics', section: 'answers', path: ['enableMetrics'], ...toggle },
    { id: 'maxBody', section: 'answers', path: ['maxBodyBytes'], ...number, ...MEGABYTE, min: 1, max: 1_024 },
    { id: 'requestLogs', section: 'bodies', path: ['enableRequestLogs'], ...toggle },
    { id: 'bodyDays', section: 'bodies', path: ['requestLogs', 'days'], ...number, min: 1, max: 365 },
    {
      id: 'bodyTotal',
      section: 'bodies',
      path: ['requestLogs', 'maxTotalBytes'],
      ...number,
      ...MEGABYTE,
      min: 1,
      max: 102_400,
    },
  ],
  system: [
    { id: 'retention', section: 'storage', path: ['retentionDays'], ...number, min: 1, max: 3_650 },
    { id: 'database', section: 'storage', path: ['maxDatabaseBytes'], ...number, ...MEGABYTE, min: 4, max: 1_048_576 },
  ],
  appearance: [],
};

/** The variable that decides a setting, where one can. */
export const VARIABLES: Readonly<Record<string, string>> = {
  requireApiKey: 'REQUIRE_API_KEY',
  enableRequestLogs: 'ENABLE_REQUEST_LOGS',
  allowedHosts: 'ALLOWED_HOSTS',
  allowedOrigins: 'ALLOWED_ORIGINS',
  maxBodyBytes: 'MAX_BODY_SIZE_BYTES',
  retentionDays: 'LOG_RETENTION_DAYS',
};
