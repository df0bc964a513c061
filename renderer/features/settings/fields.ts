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
    | { readonly kind: 'switch' | 'tags' | 'text' | 'model' | 'providers' }
    | { readonly kind: 'select'; readonly options: readonly string[] }
    | {
        readonly kind: 'number';
        readonly min: number;
        readonly max: number;
        /** So many of the stored unit are one of the shown; default 1. */
        readonly scale?: number;
        /** Shown behind the number. */
        readonly unit?: string;
        /** Empty: what holds for all. */
        readonly isOptional?: boolean;
      }
  );

const SECOND = { scale: 1_000, unit: ' s' };
const PERCENT = { scale: 0.01, unit: ' %' };
const MINUTE = { scale: 60_000, unit: ' min' };
const MEGABYTE = { scale: 1_048_576, unit: ' MiB' };
const number = { kind: 'number', min: 0 } as const;
const toggle = { kind: 'switch' } as const;
/** How an account is chosen among several of one provider. */
export const STRATEGIES = ['fill-first', 'round-robin', 'p2c', 'random', 'least-used', 'cost-optimized'] as const;

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
type Path = Field['path'];
const profile = (section: string, path: Path, isOptional = false): readonly Field[] => {
  const row = { section, ...number, isOptional };
  return [
    { id: 'transientCooldown', ...row, path: [...path, 'transientCooldown'], ...SECOND, max: 3_600 },
    { id: 'rateLimitCooldown', ...row, path: [...path, 'rateLimitCooldown'], ...SECOND, max: 86_400 },
    { id: 'maxBackoffLevel', ...row, path: [...path, 'maxBackoffLevel'], max: 20 },
    { id: 'breakerThreshold', ...row, path: [...path, 'circuitBreakerThreshold'], max: 1_000 },
    { id: 'breakerReset', ...row, path: [...path, 'circuitBreakerReset'], ...SECOND, max: 86_400 },
  ];
};
const timeouts = (path: Path, isOptional = false): readonly Field[] => {
  const row = { section: 'timeouts', ...number, ...SECOND, min: 1, isOptional };
  return [
    { id: 'connect', ...row, path: [...path, 'connectMs'], max: 3_600 },
    { id: 'firstContent', ...row, path: [...path, 'firstContentMs'], max: 3_600 },
    { id: 'idle', ...row, path: [...path, 'idleMs'], max: 3_600 },
    { id: 'total', ...row, path: [...path, 'totalMs'], max: 86_400 },
  ];
};
const comboFields = (path: Path): readonly Field[] => {
  const row = { section: 'combos', ...number, isOptional: true };
  return [
    { id: 'retries', ...row, path: [...path, 'maxRetries'], max: 10 },
    { id: 'retryDelay', ...row, path: [...path, 'retryDelayMs'], unit: ' ms', max: 3_600_000 },
    { id: 'firstContent', ...row, path: [...path, 'timeoutMs'], ...SECOND, min: 1, max: 3_600 },
    { id: 'perModel', ...row, path: [...path, 'concurrencyPerModel'], min: 1, max: 10_000 },
    { id: 'queueTimeout', ...row, path: [...path, 'queueTimeoutMs'], ...SECOND, max: 3_600 },
  ];
};

export const STICKY: Field = {
  id: 'sticky',
  section: 'accounts',
  path: ['stickyRoundRobinLimit'],
  ...number,
  min: 1,
  max: 1_000,
};

/** What one provider does otherwise than all, by tab. @param provider its id */
export const PROVIDER_FIELDS = {
  routing: (provider: string): readonly Field[] => [
    {
      id: 'strategy',
      section: 'accounts',
      path: ['providerStrategies', provider],
      kind: 'select',
      options: ['inherited', ...STRATEGIES],
    },
    ...comboFields(['providerOverrides', provider]),
  ],
  resilience: (provider: string): readonly Field[] => [
    ...profile('oauth', ['providerResilience', provider], true),
    ...timeouts(['providerTimeouts', provider], true),
  ],
} as const;

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
    { id: 'blockedProviders', section: 'access', path: ['blockedProviders'], kind: 'providers' },
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
  routing: comboFields(['comboDefaults']),
  resilience: [
    ...profile('oauth', ['providerProfiles', 'oauth']),
    ...profile('apikey', ['providerProfiles', 'apikey']),
    ...timeouts(['timeouts']),
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
    { id: 'similarModel', section: 'similar', path: ['answerCache', 'similar', 'model'], kind: 'model' },
    { id: 'similarEnabled', section: 'similar', path: ['answerCache', 'similar', 'enabled'], ...toggle },
    {
      id: 'similarThreshold',
      section: 'similar',
      path: ['answerCache', 'similar', 'threshold'],
      ...number,
      ...PERCENT,
      min: 50,
      max: 100,
    },
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
