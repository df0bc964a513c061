/** Sign-ins at providers, as the dialog sees them: what can be signed in to, one session from its start to its account. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { LoginView } from '../accounts/logins/login-session.ts';
import type { StartedLogin } from '../accounts/logins/started-login.ts';
import type { ConnectionRecord } from '../store/records.ts';
import type { Handlers } from './implementer.ts';
import { isoTime, timeShape } from './shapes.ts';

const providerId = z.string().min(1).max(100);
const method = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['code', 'device']).describe('code: the browser opens a page; device: a code is typed there'),
  needsPaste: z.boolean().describe('The person brings the answer by hand'),
  options: z.array(
    z.object({ name: z.string(), label: z.string(), isRequired: z.boolean(), default: z.string().optional() }),
  ),
});
const loginProvider = z.object({
  provider: z.string(),
  alias: z.string(),
  name: z.string(),
  isReady: z.boolean(),
  missing: z.string().optional().describe('Why it is not ready, and what to do'),
  secretFrom: z.string().optional(),
  note: z.string().optional(),
  terms: z.object({ sentence: z.string(), url: z.string() }).optional(),
  methods: z.array(method),
});
export const loginConnection = z.object({
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  email: z.string().optional(),
  displayName: z.string().optional(),
});
const session = z.object({
  sessionId: z.string(),
  provider: z.string(),
  method: z.string(),
  state: z.enum(['waiting', 'exchanging', 'setting-up', 'done', 'failed', 'cancelled', 'expired']),
  message: z.string().optional(),
  progress: z.string().optional(),
  connection: loginConnection.optional(),
  authUrl: z.string().optional().describe('The page to sign in on, until the sign-in is over'),
  userCode: z.string().optional().describe('To type at the page of verificationUri, until the sign-in is over'),
  verificationUri: z.string().optional(),
  verificationUriComplete: z.string().optional(),
  expiresAt: timeShape,
});
const started = session.extend({ intervalMs: z.number().optional() });
const which = z.object({ sessionId: z.string().min(1).max(100) });

export const oauthContract = {
  providers: oc
    .route({ method: 'GET', path: '/oauth/providers', summary: 'What can be signed in to, and how on this machine' })
    .output(z.object({ providers: z.array(loginProvider) })),
  start: oc
    .route({ method: 'POST', path: '/oauth/start', successStatus: 201, summary: 'Start a sign-in' })
    .input(
      z.strictObject({
        provider: providerId,
        method: z.string().max(50).optional(),
        options: z.record(z.string().max(50), z.string().max(2_000)).optional(),
      }),
    )
    .output(started),
  session: oc
    .route({ method: 'GET', path: '/oauth/sessions/{sessionId}', summary: 'How a sign-in stands' })
    .input(which)
    .output(session),
  complete: oc
    .route({
      method: 'POST',
      path: '/oauth/sessions/{sessionId}/complete',
      summary: 'Give a sign-in its code, code#state, or the address that the browser ended at',
    })
    .input(which.extend({ pasted: z.string().min(1).max(20_000) }))
    .output(session),
  cancel: oc
    .route({ method: 'POST', path: '/oauth/sessions/{sessionId}/cancel', summary: 'End a sign-in' })
    .input(which)
    .output(session),
};

export const oauthHandlers = ({ oauth }: Handlers) => ({
  providers: oauth.providers.handler(async ({ context: { services } }) => {
    const providers = await services.logins.providers();
    return {
      providers: providers.map((one) => ({
        ...one,
        methods: one.methods.map((each) => ({ ...each, options: [...each.options] })),
      })),
    };
  }),
  start: oauth.start.handler(async ({ input, context: { services } }) => {
    const { provider, method: chosen, options } = input;
    return toStarted(
      await services.logins.start({
        provider,
        ...(chosen !== undefined && { method: chosen }),
        ...(options !== undefined && { options }),
      }),
    );
  }),
  session: oauth.session.handler(({ input, context: { services } }) =>
    toSession(services.logins.session(input.sessionId)),
  ),
  complete: oauth.complete.handler(async ({ input, context: { services } }) =>
    toSession(await services.logins.complete(input.sessionId, input.pasted)),
  ),
  cancel: oauth.cancel.handler(({ input, context: { services } }) =>
    toSession(services.logins.cancel(input.sessionId)),
  ),
});

function toSession({ expiresAtMs, connection, directions, ...view }: LoginView): z.output<typeof session> {
  return {
    ...view,
    ...directions,
    ...(connection && { connection: toLoginConnection(connection) }),
    expiresAt: isoTime(expiresAtMs),
  };
}

function toStarted({ view, device }: StartedLogin): z.output<typeof started> {
  return { ...toSession(view), ...(device && { intervalMs: device.intervalMs }) };
}

/** An account that was signed in to, for whoever waited for it. */
export function toLoginConnection(record: ConnectionRecord): z.output<typeof loginConnection> {
  const { id, provider, name, email, displayName } = record;
  return {
    id,
    provider,
    name,
    ...(email !== undefined && { email }),
    ...(displayName !== undefined && { displayName }),
  };
}
