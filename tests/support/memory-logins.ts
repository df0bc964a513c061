/** Sign-ins for tests that are about something else: no provider can be signed in to. */

import { createLogins } from '../../core/accounts/logins/logins.ts';
import { systemClock } from '../../core/base/clock.ts';
import { OmniError } from '../../core/base/errors.ts';
import { noEvents } from '../../core/base/event-bus.ts';
import type { ManagementServices } from '../../core/management/services.ts';

export function memoryLogins(): ManagementServices['logins'] {
  const none = (): never => {
    throw new OmniError('internal', 'No sign-in is made here.');
  };
  const logins = createLogins({
    flows: [],
    providers: () => new Map(),
    clients: { environment: {}, published: () => Promise.resolve(undefined) },
    context: (row) => ({ row, clock: systemClock, send: none, pause: none }),
    save: none,
    events: noEvents,
  });
  return { ...logins, providers: () => Promise.resolve([]) };
}

/** No account has a quota. */
export function memoryQuotas(): ManagementServices['quotas'] {
  return {
    list: () => [],
    forget: () => undefined,
    read: () => Promise.reject(new OmniError('not_found', 'No quota is known here.')),
  };
}

/** A machine without any tool's login. */
export const noImports: ManagementServices['imports'] = {
  list: () => Promise.resolve([]),
  take: () => Promise.reject(new OmniError('not_found', 'No such login.')),
};
