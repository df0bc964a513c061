/** Who may connect, under `/api/settings/ip-filter` (facts.md C.10, E.11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { type IpRules, parseEntry, refuseShutDoor } from '../policy/ip-filter.ts';
import type { Handlers } from './implementer.ts';
import type { CallContext } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

const BAN_MS = 3_600_000;
const entry = z.string().trim().min(1).max(60);
const entries = z.array(entry).max(1_000);
const mode = z.enum(['blacklist', 'whitelist', 'whitelist-priority']);
const state = z.object({
  enabled: z.boolean(),
  mode,
  blacklist: z.array(z.string()),
  whitelist: z.array(z.string()),
  tempBans: z.array(z.object({ ip: z.string(), until: timeShape, reason: z.string(), remainingMs: z.number() })),
});
const change = z
  .strictObject({
    enabled: z.boolean(),
    mode,
    blacklist: entries,
    whitelist: entries,
    addBlacklist: entry,
    removeBlacklist: entry,
    addWhitelist: entry,
    removeWhitelist: entry,
    tempBan: z.strictObject({
      ip: entry,
      durationMs: z.int().min(1_000).max(31_536_000_000).optional(),
      reason: z.string().max(200).optional(),
    }),
    removeBan: entry,
  })
  .partial();

export const ipFilterContract = {
  get: oc.route({ method: 'GET', path: '/settings/ip-filter', summary: 'Who may connect' }).output(state),
  put: oc
    .route({ method: 'PUT', path: '/settings/ip-filter', summary: 'Change who may connect; loopback always may' })
    .input(change)
    .output(state),
};

export const ipFilterHandlers = ({ ipFilter }: Handlers) => ({
  get: ipFilter.get.handler(({ context }) => current(context)),
  put: ipFilter.put.handler(({ input, context }) => {
    const { services } = context;
    const before = services.settings.current().ipFilter;
    const after: IpRules = {
      enabled: input.enabled ?? before.enabled,
      mode: input.mode ?? before.mode,
      blacklist: edited(input.blacklist ?? before.blacklist, input.addBlacklist, input.removeBlacklist),
      whitelist: edited(input.whitelist ?? before.whitelist, input.addWhitelist, input.removeWhitelist),
    };
    for (const text of [...after.blacklist, ...after.whitelist]) parseEntry(text);
    refuseShutDoor(after);
    if (input.tempBan !== undefined) {
      const { ip, durationMs = BAN_MS, reason = '' } = input.tempBan;
      services.ipFilter.ban({ ip, untilMs: services.clock.nowMs() + durationMs, reason });
    }
    if (input.removeBan !== undefined) services.ipFilter.unban(input.removeBan);
    services.settings.change({ ipFilter: after });
    return current(context);
  }),
});

function edited(list: readonly string[], added: string | undefined, removed: string | undefined): string[] {
  const kept = list.filter((text) => text !== removed);
  return added === undefined || kept.includes(added) ? kept : [...kept, added];
}

function current({ services }: CallContext): z.output<typeof state> {
  const nowMs = services.clock.nowMs();
  const { enabled, mode: how, blacklist, whitelist } = services.settings.current().ipFilter;
  return {
    ...{ enabled, mode: how, blacklist, whitelist },
    tempBans: services.ipFilter
      .bans()
      .map(({ ip, untilMs, reason }) => ({ ip, until: isoTime(untilMs), reason, remainingMs: untilMs - nowMs })),
  };
}
