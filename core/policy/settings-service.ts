/**
 * The user's settings as they are kept: one row a setting in the `settings` namespace. What the environment sets wins and
 * cannot be changed while it does, so that a server's configuration is not undone from a page.
 */
import { OmniError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import { refuseShutDoor } from './ip-filter.ts';
import { DEFAULT_SETTINGS, SETTINGS_SHAPE, type SettingName, type Settings } from './settings.ts';

const NAMESPACE = 'settings';
const SETTING_NAMES = Object.keys(SETTINGS_SHAPE) as readonly SettingName[];

export interface SettingsService {
  /** The settings in force. The same object until something changes. */
  current(): Settings;
  /** Names that the environment decides. */
  pinned(): readonly SettingName[];
  /** Throws `invalid_request` when a value differs from what the environment set, or would shut everybody out. */
  change(change: Partial<Settings>): Settings;
  /** Reads the store again, after an import. */
  reload(): void;
}

export interface SettingsPorts {
  readonly keyValues: KeyValueRepository;
  /** From `readEnvironment(…).settings`. */
  readonly overrides: Partial<Settings>;
  readonly log: Log;
  /** Told after each change. */
  readonly onChange?: () => void;
}

/** A stored value that is not valid any more counts as unset, and is logged. */
export function createSettings({ keyValues, overrides, log, onChange }: SettingsPorts): SettingsService {
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
      if (change.ipFilter !== undefined) refuseShutDoor(change.ipFilter);
      for (const name of given) if (!pinned.includes(name)) keyValues.set(NAMESPACE, name, change[name] as JsonValue);
      current = read();
      if (given.length > 0) onChange?.();
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
