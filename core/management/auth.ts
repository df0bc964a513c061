/** Signing in: `/api/auth/*` (facts.md C.9), the only routes that answer without a session or key. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { Handlers } from './implementer.ts';

const success = z.object({ success: z.literal(true) });
const password = z.string().min(1, 'must not be empty').max(1_024);

export const authContract = {
  status: oc
    .route({ method: 'GET', path: '/auth/status', summary: 'Is a password set, and is this caller signed in?' })
    .output(
      z.object({
        authenticated: z.boolean(),
        hasPassword: z.boolean(),
        needsSetup: z.boolean(),
        version: z.string().optional(),
      }),
    ),
  login: oc
    .route({ method: 'POST', path: '/auth/login', summary: 'Sign in; sets the cookie auth_token' })
    .input(z.strictObject({ password }))
    .output(success),
  setup: oc
    .route({ method: 'POST', path: '/auth/setup', summary: 'Set the first password with the token of the set-up link' })
    .input(z.strictObject({ token: z.string().min(1).max(200), password }))
    .output(success),
  logout: oc.route({ method: 'POST', path: '/auth/logout', summary: 'Sign out here' }).output(success),
};

export const authHandlers = ({ auth }: Handlers) => ({
  status: auth.status.handler(({ context: { services, hasSession } }) => ({
    authenticated: hasSession,
    hasPassword: services.sessions.hasPassword(),
    needsSetup: !services.sessions.hasPassword(),
    ...(hasSession && { version: services.version }),
  })),
  login: auth.login.handler(async ({ input, context }) => {
    context.setCookie(await context.services.sessions.signIn(input.password, context.remoteAddress));
    return { success: true as const };
  }),
  setup: auth.setup.handler(async ({ input, context }) => {
    context.setCookie(await context.services.sessions.setUp(input.token, input.password, context.remoteAddress));
    return { success: true as const };
  }),
  logout: auth.logout.handler(async ({ context }) => {
    context.setCookie(await context.services.sessions.signOut(context.cookieHeader));
    return { success: true as const };
  }),
});
