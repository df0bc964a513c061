/** Settings and the password, under `/api/settings`; PATCH and PUT do the same (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { type Settings, settingsSchema } from '../policy/settings.ts';
import type { Handlers } from './implementer.ts';
import type { CallContext } from './services.ts';

const everything = z.object({
  ...settingsSchema.shape,
  hasPassword: z.boolean(),
  setupComplete: z.boolean(),
  pinned: z.array(z.string()).describe('Names that the environment decides'),
});
const password = z.string().min(1, 'must not be empty').max(1_024);
/** What a page that sends the whole object back includes; not settable here. */
const unread = { hasPassword: z.unknown(), setupComplete: z.unknown(), pinned: z.unknown() };
const change = settingsSchema.partial().extend({
  currentPassword: password.optional(),
  newPassword: password.optional(),
  ...z.object(unread).partial().shape,
});

export const settingsContract = {
  get: oc.route({ method: 'GET', path: '/settings', summary: 'All settings, without the password' }).output(everything),
  patch: oc
    .route({ method: 'PATCH', path: '/settings', summary: 'Change settings, or the password' })
    .input(change)
    .output(everything),
  put: oc.route({ method: 'PUT', path: '/settings', summary: 'The same as PATCH' }).input(change).output(everything),
};

export const settingsHandlers = ({ settings }: Handlers) => ({
  get: settings.get.handler(({ context }) => current(context)),
  patch: settings.patch.handler(({ input, context }) => apply(input, context)),
  put: settings.put.handler(({ input, context }) => apply(input, context)),
});

async function apply(input: z.output<typeof change>, context: CallContext): Promise<z.output<typeof everything>> {
  const { services } = context;
  const { currentPassword, newPassword, hasPassword: _has, setupComplete: _setup, pinned: _pinned, ...rest } = input;
  if (newPassword !== undefined) {
    if (currentPassword === undefined) {
      throw new OmniError('invalid_request', 'The current password is needed to set a new one.', {
        path: 'currentPassword',
      });
    }
    const cookie = await services.sessions.changePassword({ currentPassword, newPassword }, context.remoteAddress);
    if (context.hasSession) context.setCookie(cookie);
  }
  services.settings.change(compact(rest) as Partial<Settings>);
  services.changed();
  return current(context);
}

function current({ services }: CallContext): z.output<typeof everything> {
  const settings = services.settings.current();
  const hasPassword = services.sessions.hasPassword();
  return { ...settings, hasPassword, setupComplete: hasPassword, pinned: [...services.settings.pinned()] };
}
