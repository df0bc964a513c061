/**
 * The user's settings: typed, with defaults, one row a setting in the `settings` namespace. What the environment sets
 * wins and cannot be changed while it does, so that a server's configuration is not undone from a page.
 */
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';

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
  .transform((value) => value.toLowerCase());
const names = z.array(z.string().min(1).max(200)).max(500);
const bag = z.record(z.string(), z.json());

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
  fallbackStrategy: z.enum(['fill-first', 'round-robin', 'p2c', 'random', 'least-used', 'cost-optimized']),
  stickyRoundRobinLimit: z.int().min(1).max(1_000),
  comboDefaults: bag,
  providerOverrides: bag,
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
  comboDefaults: {},
  providerOverrides: {},
  cloudEnabled: false,
  theme: 'system',
};

const NAMESPACE = 'settings';
const SETTING_NAMES = Object.keys(SETTINGS_SHAPE) as readonly SettingName[];

export interface SettingsService {
  /** The settings in force. The same object until something changes. */
  current(): Settings;
  /** Names that the environment decides. */
  pinned(): readonly SettingName[];
  /** Throws `invalid_request` when a value differs from what the environment set. */
  change(change: Partial<Settings>): Settings;
  /** Reads the store again, after an import. */
  reload(): void;
}

export interface SettingsPorts {
  readonly keyValues: KeyValueRepository;
  /** From `readEnvironment(…).settings`. */
  readonly overrides: Partial<Settings>;
  readonly log: Log;
}

/** A stored value that is not valid any more counts as unset, and is logged. */
export function createSettings({ keyValues, overrides, log }: SettingsPorts): SettingsService {
  const pinned = SETTING_NAMES.filter((name) => overrides[name] !== undefined);
  const read = (): Settings => {
    const stored = new Map(keyValues.entries(NAMESPACE));
    return { ...DEFAULT_SETTINGS, ...valid(stored, log), ...overrides };
  };
  let current = read();
  return {
    current: () => current,
    pinned: () => pinned,
    change(change) {
      const given = SETTING_NAMES.filter((name) => change[name] !== undefined);
      for (const name of given) {
        if (pinned.includes(name) && !isSame(change[name], current[name])) {
          throw new OmniError('invalid_request', `${name} is set by an environment variable. Change it there.`, {
            path: name,
          });
        }
      }
      for (const name of given) if (!pinned.includes(name)) keyValues.set(NAMESPACE, name, change[name] as JsonValue);
      current = read();
      return current;
    },
    reload() {
      current = read();
    },
  };
}

function valid(stored: ReadonlyMap<string, JsonValue>, log: Log): Partial<Settings> {
  const out: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const value = stored.get(name);
    if (value === undefined) continue;
    const parsed = SETTINGS_SHAPE[name].safeParse(value);
    if (parsed.success) out[name] = parsed.data;
    else log.warn('A stored setting is not valid; its default is used.', { setting: name });
  }
  return out;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
