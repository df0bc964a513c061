/**
 * The desktop shell's preferences and its updates, under `/api/desktop`. The shell hands them in as a port; a server
 * without one says so, and has nothing to change.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';

const notifications = z.object({
  loginExpired: z.boolean(),
  quotaLow: z.boolean(),
  quotaExhausted: z.boolean(),
  budgetReached: z.boolean(),
  breakerOpened: z.boolean(),
  updateReady: z.boolean(),
});
const preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.string().max(35).describe('A BCP 47 tag, or `system`'),
  launchAtLogin: z.boolean(),
  shortcut: z.boolean().describe('A global shortcut opens the dashboard'),
  notifications,
});
const update = z.object({
  state: z.enum(['idle', 'checking', 'available', 'downloading', 'ready', 'current', 'failed', 'unsupported']),
  version: z.string().optional(),
  percent: z.number().optional(),
  message: z.string().optional().describe('Why it failed, or is not to be had'),
});
const desktop = z.object({
  isDesktop: z.boolean(),
  preferences: preferences.optional(),
  update: update.optional(),
  shortcutKeys: z.string().optional(),
});

export type DesktopPreferences = z.output<typeof preferences>;
export type NotificationKind = keyof DesktopPreferences['notifications'];
export type UpdateState = z.output<typeof update>;

/** What a desktop host offers. */
export interface DesktopHost {
  preferences(): DesktopPreferences;
  change(values: Partial<DesktopPreferences>): void;
  readonly shortcutKeys: string;
  update(): UpdateState;
  /** Goes one step on: checks, downloads what was found, or restarts into what was downloaded. */
  updateStep(): Promise<void>;
  /** Moves the gateway to another port and remembers it. Throws `conflict` when it is taken. */
  changePort(port: number): Promise<void>;
}

export const desktopContract = {
  get: oc
    .route({ method: 'GET', path: '/desktop', summary: "The desktop shell's preferences and its update" })
    .output(desktop),
  change: oc
    .route({ method: 'PATCH', path: '/desktop', summary: "Change the shell's preferences or the gateway's port" })
    .input(
      z
        .strictObject({
          ...preferences.omit({ notifications: true }).shape,
          notifications: notifications.partial(),
          port: z.int().min(1_024).max(65_535),
        })
        .partial(),
    )
    .output(desktop),
  updateStep: oc
    .route({ method: 'POST', path: '/desktop/update', summary: 'Check for an update, download it, or restart into it' })
    .output(desktop),
};

export const desktopHandlers = ({ desktop: routes }: Handlers) => ({
  get: routes.get.handler(({ context: { services } }) => view(services)),
  change: routes.change.handler(async ({ input, context: { services } }) => {
    const host = hostOf(services);
    const { port, notifications: kinds, ...values } = input;
    if (port !== undefined) await host.changePort(port);
    const merged =
      kinds === undefined ? {} : { notifications: { ...host.preferences().notifications, ...defined(kinds) } };
    host.change({ ...defined(values), ...merged });
    return view(services);
  }),
  updateStep: routes.updateStep.handler(async ({ context: { services } }) => {
    await hostOf(services).updateStep();
    return view(services);
  }),
});

/** Without members that are undefined. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function view({ desktop: host }: ManagementServices): z.output<typeof desktop> {
  if (host === undefined) return { isDesktop: false };
  return {
    isDesktop: true,
    preferences: host.preferences(),
    update: host.update(),
    shortcutKeys: host.shortcutKeys,
  };
}

function hostOf({ desktop: host }: ManagementServices): DesktopHost {
  if (host === undefined)
    throw new OmniError('not_found', 'This gateway runs without the desktop app: there is nothing to set here.');
  return host;
}
