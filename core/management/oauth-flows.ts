/**
 * Sign-ins in the calls of the original (facts.md B.5): a page of the caller's takes the browser's answer, or asks again
 * and again. Behind them stand the same sessions, found by the `state` or the device code that the start gave out.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { LoginView } from '../accounts/logins/login-session.ts';
import { pastedQuery } from '../accounts/logins/pasted.ts';
import type { StartedLogin } from '../accounts/logins/started-login.ts';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { Handlers } from './implementer.ts';
import { loginConnection, toLoginConnection } from './oauth.ts';
import type { ManagementServices } from './services.ts';

const p = z.string().min(1).max(100).describe('The id of the provider');
const text = z.string().max(20_000);
const authorized = z.object({
  sessionId: z.string(),
  authUrl: z.string(),
  state: z.string(),
  codeVerifier: z.string().optional(),
  codeChallenge: z.string().optional(),
  redirectUri: z.string(),
  flowType: z.string(),
  fixedPort: z.number().optional(),
  callbackPath: z.string().optional(),
});
const deviceCode = z.object({
  sessionId: z.string(),
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  expires_in: z.number(),
  interval: z.number(),
  codeVerifier: z.string().optional(),
  clientId: z.string().optional(),
});
const signedIn = z.object({ success: z.literal(true), connection: loginConnection });
const pending = z.object({
  success: z.literal(false),
  pending: z.literal(true),
  error: z.string(),
  errorDescription: z.string(),
});
const outcome = z.union([signedIn, pending]);

export const oauthFlowsContract = {
  authorize: oc
    .route({ method: 'GET', path: '/oauth/{p}/authorize', summary: 'Start a sign-in whose answer you take yourself' })
    .input(z.object({ p, redirect_uri: z.url().max(2_000).optional() }))
    .output(authorized),
  startListener: oc
    .route({
      method: 'GET',
      path: '/oauth/{p}/start-callback-server',
      summary: 'Start a sign-in that a listener takes',
    })
    .input(z.object({ p }))
    .output(authorized),
  pollListener: oc
    .route({ method: 'POST', path: '/oauth/{p}/poll-callback', summary: 'Has the listener got the answer?' })
    .input(z.strictObject({ p, state: text.min(1) }))
    .output(outcome),
  exchange: oc
    .route({
      method: 'POST',
      path: '/oauth/{p}/exchange',
      summary: 'Trade the code, code#state or address for an account',
    })
    .input(
      z.strictObject({
        p,
        code: text.min(1),
        state: text.optional(),
        codeVerifier: text.optional(),
        redirectUri: text.optional(),
        meta: z.unknown().optional(),
      }),
    )
    .output(signedIn),
  deviceCode: oc
    .route({ method: 'GET', path: '/oauth/{p}/device-code', summary: 'Start a sign-in by a code to type' })
    .input(z.object({ p, startUrl: text.optional(), region: text.optional() }))
    .output(deviceCode),
  poll: oc
    .route({
      method: 'POST',
      path: '/oauth/{p}/poll',
      summary: 'Has the code been entered? Never asks the provider too often',
    })
    .input(
      z.strictObject({ p, deviceCode: text.min(1), codeVerifier: text.nullish(), extraData: z.unknown().optional() }),
    )
    .output(outcome),
  socialAuthorize: oc
    .route({ method: 'GET', path: '/oauth/{p}/social-authorize', summary: 'Start a sign-in with Google or GitHub' })
    .input(z.object({ p, provider: z.string().min(1).max(50) }))
    .output(authorized),
  socialExchange: oc
    .route({ method: 'POST', path: '/oauth/{p}/social-exchange', summary: 'Trade its code or address for an account' })
    .input(
      z
        .strictObject({
          p,
          code: text.min(1).optional(),
          url: text.min(1).optional(),
          state: text.optional(),
          codeVerifier: text.optional(),
          provider: text.optional(),
        })
        .refine(({ code, url }) => code !== undefined || url !== undefined, 'code or url is needed'),
    )
    .output(signedIn),
};

export const oauthFlowsHandlers = ({ oauthFlows }: Handlers) => ({
  authorize: oauthFlows.authorize.handler(async ({ input, context: { services } }) => {
    const method = await codeMethod(services, input.p, input.redirect_uri === undefined);
    const redirectUri = input.redirect_uri ?? (method.needsPaste ? undefined : ownCallback(services));
    return toAuthorized(
      await services.logins.start({
        ...{ provider: input.p, method: method.id, needsListener: false },
        ...(redirectUri !== undefined && { redirectUri }),
      }),
    );
  }),
  startListener: oauthFlows.startListener.handler(async ({ input, context: { services } }) => {
    const method = await codeMethod(services, input.p, false);
    return toAuthorized(await services.logins.start({ provider: input.p, method: method.id, needsListener: true }));
  }),
  pollListener: oauthFlows.pollListener.handler(async ({ input, context: { services } }) => {
    const { sessionId } = known(services, input.p, input.state);
    return toOutcome(await services.logins.poll(sessionId));
  }),
  exchange: oauthFlows.exchange.handler(({ input, context: { services } }) => exchange(services, input, input.code)),
  deviceCode: oauthFlows.deviceCode.handler(async ({ input, context: { services } }) => {
    const { p: provider, startUrl, region } = input;
    const methods = (await loginProvider(services, provider)).methods.filter(({ kind }) => kind === 'device');
    const wanted = (name: string): boolean => methods.some(({ options }) => options.some((one) => one.name === name));
    const method = methods.find(
      ({ options }) => options.some(({ isRequired }) => isRequired) === (startUrl !== undefined),
    );
    if (method === undefined) throw noSuchWay(provider, wanted('startUrl') ? 'this start URL' : 'a device code');
    const options = compact({ startUrl, region });
    return toDeviceCode(await services.logins.start({ provider, method: method.id, options }));
  }),
  poll: oauthFlows.poll.handler(async ({ input, context: { services } }) => {
    const { sessionId } = known(services, input.p, input.deviceCode);
    return toOutcome(await services.logins.poll(sessionId));
  }),
  socialAuthorize: oauthFlows.socialAuthorize.handler(async ({ input, context: { services } }) =>
    toAuthorized(await services.logins.start({ provider: input.p, method: input.provider.toLowerCase() })),
  ),
  socialExchange: oauthFlows.socialExchange.handler(({ input, context: { services } }) =>
    exchange(services, input, input.url ?? input.code ?? ''),
  ),
});

interface Answered {
  readonly p: string;
  readonly state?: string | undefined;
  readonly codeVerifier?: string | undefined;
}

async function exchange(
  services: ManagementServices,
  { p: provider, state, codeVerifier }: Answered,
  pasted: string,
): Promise<z.output<typeof signedIn>> {
  const mark = pastedQuery(pasted).get('state') ?? state;
  if (mark === undefined || mark === '')
    throw new OmniError('invalid_request', 'state is missing: it says which sign-in the code is of.', {
      path: 'state',
    });
  const { sessionId } = known(services, provider, mark);
  const view = await services.logins.complete(sessionId, pasted, compact({ state, codeVerifier }));
  return signedInOf(view) ?? fail(view);
}

/** The session of a state or device code. Throws `not_found`. */
function known(services: ManagementServices, provider: string, mark: string): LoginView {
  const view = services.logins.find(mark);
  if (view !== undefined && view.provider === provider) return view;
  throw new OmniError(
    'not_found',
    'No such sign-in is under way: it is over, was used already, or is of another provider. Start a new one.',
  );
}

async function loginProvider({ logins }: ManagementServices, id: string) {
  const found = (await logins.providers()).find(({ provider }) => provider === id);
  if (found !== undefined) return found;
  throw new OmniError('not_found', `There is no sign-in for "${id}".`, { path: 'provider' });
}

async function codeMethod(services: ManagementServices, provider: string, mayPaste: boolean) {
  const methods = (await loginProvider(services, provider)).methods.filter(({ kind }) => kind === 'code');
  const method = (mayPaste ? methods.find(({ needsPaste }) => needsPaste) : undefined) ?? methods[0];
  if (method !== undefined) return method;
  throw noSuchWay(provider, 'the browser; use device-code');
}

function noSuchWay(provider: string, way: string): OmniError {
  return new OmniError('invalid_request', `"${provider}" is not signed in to with ${way}.`, { path: 'provider' });
}

/** The dashboard's page that takes codes. Where the vendor's registration fixes a port, that one is used instead. */
function ownCallback({ serviceState }: ManagementServices): string {
  const port = serviceState.bound()?.authority.split(':').at(-1) ?? '80';
  return `http://localhost:${port}/callback`;
}

function toAuthorized({ view, authUrl, code }: StartedLogin): z.output<typeof authorized> {
  if (authUrl === undefined || code === undefined) throw noSuchWay(view.provider, 'the browser');
  const { state, redirectUri, codeVerifier, codeChallenge, fixedPort } = code;
  const { pathname } = new URL(redirectUri);
  return {
    ...{ sessionId: view.sessionId, authUrl, state, redirectUri },
    flowType: codeVerifier === undefined ? 'authorization_code' : 'authorization_code_pkce',
    ...compact({ codeVerifier, codeChallenge, fixedPort }),
    callbackPath: pathname,
  };
}

function toDeviceCode({ view, device }: StartedLogin): z.output<typeof deviceCode> {
  if (device === undefined) throw noSuchWay(view.provider, 'a device code');
  return {
    sessionId: view.sessionId,
    device_code: device.deviceCode,
    user_code: device.userCode,
    verification_uri: device.verificationUri,
    expires_in: device.expiresInS,
    interval: device.intervalMs / 1_000,
    ...compact({
      verification_uri_complete: device.verificationUriComplete,
      codeVerifier: device.codeVerifier,
      clientId: device.clientId,
    }),
  };
}

function signedInOf({ state, connection }: LoginView): z.output<typeof signedIn> | undefined {
  if (state !== 'done' || connection === undefined) return undefined;
  return { success: true, connection: toLoginConnection(connection) };
}

function toOutcome(view: LoginView): z.output<typeof outcome> {
  const { state, message = 'The sign-in is not finished yet.', progress } = view;
  if (!['waiting', 'exchanging', 'setting-up'].includes(state)) return signedInOf(view) ?? fail(view);
  return { success: false, pending: true, error: 'authorization_pending', errorDescription: progress ?? message };
}

function fail({ state, message }: LoginView): never {
  throw new OmniError('login_failed', message ?? `The sign-in ended as ${state}. Start a new one.`);
}
