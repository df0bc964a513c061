/**
 * What the shell remembers, apart from the core's settings: electron-store's `config.json` in Electron's user data. Values
 * that do not fit their schema (edited by hand, from another version) count as absent.
 */
import type { Rectangle } from 'electron';
import Store, { type Schema } from 'electron-store';
import type { DesktopPreferences, NotificationKind } from '../../core/management/desktop.ts';

export interface StoredPreferences extends DesktopPreferences {
  /** Absent: the default place. */
  readonly windowBounds?: Rectangle;
  readonly isMaximized: boolean;
  /** 1024 to 65535. */
  readonly port: number;
}

export interface Preferences {
  current(): StoredPreferences;
  change(values: Partial<StoredPreferences>): void;
  /** Called after each change. */
  onChange(listener: () => void): void;
}

export const DEFAULT_PORT = 20_128;
export const MIN_PORT = 1_024;
const MAX_PORT = 65_535;
const ALL_ON: Record<NotificationKind, boolean> = {
  loginExpired: true,
  quotaLow: true,
  quotaExhausted: true,
  budgetReached: true,
  breakerOpened: true,
  updateReady: true,
};
const DEFAULTS: StoredPreferences = {
  isMaximized: false,
  port: DEFAULT_PORT,
  theme: 'system',
  language: 'system',
  launchAtLogin: false,
  shortcut: false,
  notifications: ALL_ON,
};
const SCHEMA: Schema<StoredPreferences> = {
  windowBounds: {
    type: 'object',
    properties: Object.fromEntries(['x', 'y', 'width', 'height'].map((name) => [name, { type: 'integer' }])),
    required: ['x', 'y', 'width', 'height'],
  },
  isMaximized: { type: 'boolean' },
  port: { type: 'integer', minimum: MIN_PORT, maximum: MAX_PORT },
  theme: { enum: ['system', 'light', 'dark'] },
  language: { type: 'string', maxLength: 35 },
  launchAtLogin: { type: 'boolean' },
  shortcut: { type: 'boolean' },
  notifications: { type: 'object', additionalProperties: { type: 'boolean' } },
};

export function isUsablePort(port: number): boolean {
  return Number.isInteger(port) && port >= MIN_PORT && port <= MAX_PORT;
}

export function openPreferences(): Preferences {
  const store = new Store<StoredPreferences>({ schema: SCHEMA, defaults: DEFAULTS, clearInvalidConfig: true });
  const listeners: (() => void)[] = [];
  return {
    current: () => ({ ...DEFAULTS, ...store.store, notifications: { ...ALL_ON, ...store.store.notifications } }),
    change(values) {
      store.set(values);
      for (const listener of listeners) listener();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
