/** A sign-in as it is started: what the person or the dialog needs to go on, and how its answer comes back. */
import { timingSafeEqual } from 'node:crypto';
import {
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  validateAuthResponse,
} from 'oauth4webapi';
import { OmniError } from '../../base/errors.ts';
import { compact } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { grantCall } from '../flows/common.ts';
import type { CodeMethod, DeviceMethod } from '../flows/flow.ts';
import { requestDeviceCode } from '../oauth/grants.ts';
import { type CallbackListener, listenForCallback } from './callback-listener.ts';
import type { PageText } from './callback-page.ts';
import { type DevicePoll, pollForToken } from './device-poll.ts';
import type { LoginSession, LoginView } from './login-session.ts';
import { portTaken } from './messages.ts';

export interface StartedLogin {
  readonly view: LoginView;
  readonly authUrl?: string;
  /** Of a code flow. State and verifier are for the one who started it only. */
  readonly code?: {
    readonly state: string;
    readonly redirectUri: string;
    readonly codeVerifier?: string;
    readonly codeChallenge?: string;
    /** The browser comes back to a listener of ours. */
    readonly isListening: boolean;
    /** Of the vendor's registration: no other port of this machine can take the answer. */
    readonly fixedPort?: number;
  };
  readonly device?: {
    readonly deviceCode: string;
    readonly userCode: string;
    readonly verificationUri: string;
    readonly verificationUriComplete?: string;
    readonly expiresInS: number;
    readonly intervalMs: number;
    readonly codeVerifier?: string;
    /** Of the client that was registered for this installation. */
    readonly clientId?: string;
  };
}

/** A session with what its answer is checked against. */
export interface Entry {
  readonly session: LoginSession;
  /** The state or the device code. */
  readonly mark: string;
  readonly redirectUri?: string;
  readonly codeVerifier?: string;
  readonly poll?: DevicePoll;
}

export interface Start {
  readonly entry: Entry;
  readonly started: StartedLogin;
}

/** Where the caller takes the browser's answer itself, and whether a taken port is the end. */
export interface StartWishes {
  readonly redirectUri?: string;
  readonly needsListener?: boolean;
}

/** The browser's page waits so long for the outcome. */
const PAGE_WAIT_MS = 20_000;
/** So long a device code may be entered, whatever the vendor says. */
const DEVICE_LIMIT_S = 1_800;

export async function startCode(session: LoginSession, method: CodeMethod, wishes: StartWishes): Promise<Start> {
  const state = generateRandomState();
  const codeVerifier = method.usesPkce ? generateRandomCodeVerifier() : undefined;
  const codeChallenge = codeVerifier === undefined ? undefined : await calculatePKCECodeChallenge(codeVerifier);
  const back = await wayBack(session, method, wishes, (query) => entryAnswer(query));
  const entry: Entry = {
    ...{ session, mark: state, redirectUri: back.redirectUri },
    ...(codeVerifier !== undefined && { codeVerifier }),
  };
  const entryAnswer = (query: URLSearchParams): Promise<{ status: number; page: PageText }> => pageAnswer(entry, query);
  if (back.listener !== undefined) session.whenOver(back.listener.close);
  const { options } = session.parts;
  const request = compact({ redirectUri: back.redirectUri, state, codeChallenge, options });
  const authUrl = method.authorizeUrl(request, session.context).href;
  session.direct({ authUrl });
  if (back.note !== undefined) session.note(back.note);
  const { redirect } = method;
  const fixedPort = redirect.to === 'loopback' && redirect.isPortFixed ? redirect.port : undefined;
  const code = { state, redirectUri: back.redirectUri, isListening: back.listener !== undefined };
  return {
    entry,
    started: { view: session.view, authUrl, code: { ...code, ...compact({ codeVerifier, codeChallenge, fixedPort }) } },
  };
}

interface WayBack {
  readonly redirectUri: string;
  readonly listener?: CallbackListener;
  readonly note?: string;
}

/** Where the browser comes back to. Throws `conflict` for a taken port only where that is the end. */
async function wayBack(
  session: LoginSession,
  { redirect }: CodeMethod,
  { redirectUri, needsListener = false }: StartWishes,
  answer: (query: URLSearchParams) => Promise<{ status: number; page: PageText }>,
): Promise<WayBack> {
  if (redirectUri !== undefined && !(redirect.to === 'loopback' && redirect.isPortFixed)) return { redirectUri };
  if (redirect.to === 'elsewhere') {
    return {
      redirectUri: session.parts.row.oauth?.['redirectUri'] ?? redirect.uri,
      note: 'Sign in in the browser, then paste the code or the address that it ends at.',
    };
  }
  const { port = 0, path, isPortFixed } = redirect;
  const uri = (taken: number): string => `http://localhost:${taken}${path}`;
  // The caller takes the answer, yet the vendor sends the browser to its own port whatever the caller wishes.
  if (redirectUri !== undefined) return { redirectUri: uri(port) };
  try {
    const listener = await listenForCallback(port, { path, answer });
    return { redirectUri: uri(listener.port), listener };
  } catch (cause) {
    if (isPortFixed) {
      const message = portTaken(session.parts.row.name, port);
      if (needsListener) throw new OmniError('conflict', message, { cause });
      return { redirectUri: uri(port), note: message };
    }
    const listener = await listenForCallback(0, { path, answer });
    return { redirectUri: uri(listener.port), listener };
  }
}

/** A redirect that is not of this sign-in leaves it as it is: anybody on this machine may call the listener. */
async function pageAnswer(entry: Entry, query: URLSearchParams): Promise<{ status: number; page: PageText }> {
  const { session } = entry;
  try {
    const work = takeAnswer(entry, query);
    work.catch(() => undefined);
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, PAGE_WAIT_MS).unref())]);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : 'The sign-in failed.';
    return { status: 400, page: { title: 'Not signed in', sentence } };
  }
  const { state, message = '' } = session.view;
  if (state === 'done')
    return { status: 200, page: { title: 'Signed in', sentence: `${message} You can close this page.` } };
  if (session.isOver) return { status: 400, page: { title: 'Not signed in', sentence: message } };
  const sentence = 'OmniRoute goes on setting the account up. You can close this page and look there.';
  return { status: 200, page: { title: 'Nearly done', sentence } };
}

/**
 * Takes the redirect's query, once. Settles when the sign-in is over. Throws `invalid_request` for a state that is not
 * this sign-in's, `conflict` when it has its answer; a refusal by the provider ends it.
 */
export async function takeAnswer(entry: Entry, query: URLSearchParams): Promise<void> {
  const { session, mark, redirectUri = '', codeVerifier } = entry;
  const { method, context } = session.parts;
  if (method.kind !== 'code')
    throw new OmniError('invalid_request', 'This sign-in takes no code: enter the code that it shows at the provider.');
  if (!isSame(query.get('state') ?? '', mark)) throw strange();
  const issuer = query.get('iss') ?? 'https://unknown.invalid';
  let code: string | null;
  try {
    code = validateAuthResponse({ issuer }, { client_id: context.client.id || 'none' }, query, mark).get('code');
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError)) throw strange(error);
    const detail = error.error_description?.slice(0, 200) ?? error.error;
    const refusal = new OmniError('upstream_auth', `It says: ${detail}`, { upstreamCode: error.error });
    return await session.proceed(() => Promise.reject(refusal));
  }
  if (code === null || code === '') throw strange();
  const answer = compact({ code, state: mark, redirectUri, codeVerifier });
  await session.proceed(() => method.exchange(answer, session.context));
}

function strange(cause?: unknown): OmniError {
  const message =
    'This answer is not of the sign-in that was started here: its state is missing or another one. Start the sign-in again, and use the page that it opens.';
  return new OmniError('invalid_request', message, { path: 'state', cause });
}

export async function startDevice(session: LoginSession, method: DeviceMethod): Promise<Start> {
  const { row, options, context } = session.parts;
  const codeVerifier = method.usesPkce ? generateRandomCodeVerifier() : undefined;
  const codeChallenge = codeVerifier === undefined ? undefined : await calculatePKCECodeChallenge(codeVerifier);
  const parameters = method.deviceParameters(compact({ codeChallenge, options }), row);
  const call = grantCall(session.context, method.deviceUrl(row, options), method.style);
  const code = await requestDeviceCode(parameters, call);
  const expiresInS = Math.min(code.expiresInS, DEVICE_LIMIT_S);
  session.limit(expiresInS * 1_000);
  const verifier = codeVerifier === undefined ? {} : { codeVerifier: new Secret(codeVerifier) };
  const poll = pollForToken(session, method, { code, ...verifier });
  const { userCode, verificationUri, verificationUriComplete } = code;
  session.direct({ userCode, verificationUri, ...compact({ verificationUriComplete }) });
  session.note(`Enter the code ${userCode} at ${verificationUri}.`);
  const deviceCode = code.deviceCode.reveal();
  const clientId = method.register === undefined ? undefined : context.client.id;
  const device = { deviceCode, userCode, verificationUri, expiresInS, intervalMs: poll.intervalMs };
  return {
    entry: { session, mark: deviceCode, poll, ...(codeVerifier !== undefined && { codeVerifier }) },
    started: {
      view: session.view,
      device: { ...device, ...compact({ verificationUriComplete, codeVerifier, clientId }) },
    },
  };
}

/** Compared without telling by the time where they differ. */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
