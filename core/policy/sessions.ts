/**
 * Who may manage this gateway from a browser. There is one owner: set up once by a link that only the person who started
 * the program has seen (or by INITIAL_PASSWORD), signed in by a password, kept signed in by a cookie that scripts cannot
 * read and other sites cannot send. There is no default password, and no default secret.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { errors as joseErrors, jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import { asNumber, asString } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { KeyValueRepository } from '../store/store.ts';
import type { Lockouts } from './lockouts.ts';
import { checkInitialPassword, checkPassword, hashPassword, verifyPassword } from './passwords.ts';

/** A valid session. `renewedCookie` is to be sent with the answer when the old cookie ends soon. */
export interface Session {
  readonly id: string;
  readonly renewedCookie?: string;
}

export interface Sessions {
  /** Takes INITIAL_PASSWORD, or makes the set-up token. Call once, before listening. Throws `invalid_request`. */
  start(): Promise<void>;
  hasPassword(): boolean;
  /** `/setup#token` while no password is set; holds the token, so it goes to the terminal only. */
  setupPath(): string | undefined;
  /** Sets the first password; the value of Set-Cookie. Throws `conflict`, `wrong_password` (token) or `too_many_attempts`. */
  setUp(token: string, password: string, remoteAddress: string | undefined): Promise<string>;
  /** The value of Set-Cookie. Throws `setup_required`, `wrong_password` or `too_many_attempts`. */
  signIn(password: string, remoteAddress: string | undefined): Promise<string>;
  /** The session of a Cookie header, or undefined. */
  verify(cookieHeader: string | undefined): Promise<Session | undefined>;
  /** Ends this session; the value of Set-Cookie that removes the cookie. */
  signOut(cookieHeader: string | undefined): Promise<string>;
  /** Signs everyone else out; the value of Set-Cookie. Throws `wrong_password` or `too_many_attempts`. */
  changePassword(change: PasswordChange, remoteAddress: string | undefined): Promise<string>;
}

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export interface SessionPorts {
  readonly keyValues: KeyValueRepository;
  /** `JWT_SECRET`, or `vault.derive('session')`. */
  readonly signingKey: Buffer | Secret;
  readonly initialPassword?: Secret;
  /** `AUTH_COOKIE_SECURE`. */
  readonly isCookieSecure: boolean;
  /** Counts wrong passwords. */
  readonly lockouts: Pick<Lockouts, 'begin' | 'succeed' | 'fail'>;
  readonly clock: Clock;
  readonly log: Log;
}

const NAMESPACE = 'auth';
const SIGNED_OUT = 'signedOutSessions';
const COOKIE = 'auth_token';
const ISSUER = 'omniroute';
const DAY_S = 86_400;
const LIFE_S = 30 * DAY_S;
const RENEW_BELOW_S = 7 * DAY_S;

export function createSessions(ports: SessionPorts): Sessions {
  const { keyValues, clock, lockouts: limits } = ports;
  const signer = cookieSigner(ports);
  let setupToken: Secret | undefined;
  const storedHash = (): string | undefined => asString(keyValues.get(NAMESPACE, 'password'));
  const setPassword = async (password: string): Promise<void> => {
    keyValues.set(NAMESPACE, 'password', await hashPassword(password));
    keyValues.set(NAMESPACE, 'epoch', signer.epoch() + 1);
    setupToken = undefined;
  };
  const check = ownerCheck(limits, storedHash);

  return {
    async start() {
      pruneSignedOut(ports);
      if (storedHash() !== undefined) return;
      if (ports.initialPassword === undefined) setupToken = new Secret(randomBytes(32).toString('base64url'));
      else await setPassword(initialPassword(ports.initialPassword, ports.log));
    },
    hasPassword: () => storedHash() !== undefined,
    setupPath: () => (setupToken === undefined ? undefined : `/setup#${setupToken.reveal()}`),
    async setUp(token, password, remoteAddress) {
      if (storedHash() !== undefined) throw new OmniError('conflict', 'A password is set already. Sign in.');
      limits.begin(remoteAddress);
      const expected = setupToken;
      if (expected === undefined || !isSame(token, expected)) {
        limits.fail(remoteAddress);
        throw new OmniError(
          'wrong_password',
          'This set-up link is not valid. Start OmniRoute again and use the link it prints.',
          { path: 'token' },
        );
      }
      limits.succeed(remoteAddress);
      // Spent before the slow hash, so that two requests at once cannot both set a password.
      setupToken = undefined;
      try {
        checkPassword(password);
        await setPassword(password);
      } catch (error) {
        setupToken = expected;
        throw error;
      }
      return signer.issue();
    },
    async signIn(password, remoteAddress) {
      await check(password, remoteAddress);
      return signer.issue();
    },
    verify: (cookieHeader) => signer.verify(cookieHeader),
    async signOut(cookieHeader) {
      const session = await signer.verify(cookieHeader);
      if (session !== undefined) keyValues.set(SIGNED_OUT, session.id, Math.floor(clock.nowMs() / 1_000) + LIFE_S);
      return signer.removal();
    },
    async changePassword({ currentPassword, newPassword }, remoteAddress) {
      await check(currentPassword, remoteAddress);
      checkPassword(newPassword, 'newPassword');
      await setPassword(newPassword);
      return signer.issue();
    },
  };
}

/** Throws `setup_required`, `wrong_password` or `too_many_attempts`. */
function ownerCheck(limits: SessionPorts['lockouts'], storedHash: () => string | undefined) {
  return async (password: string, remoteAddress: string | undefined): Promise<void> => {
    const stored = storedHash();
    if (stored === undefined) throw needsSetup();
    limits.begin(remoteAddress);
    if (!(await verifyPassword(password, stored))) {
      limits.fail(remoteAddress);
      throw new OmniError('wrong_password', 'Wrong password.');
    }
    limits.succeed(remoteAddress);
  };
}

function initialPassword(given: Secret, log: Log): string {
  const password = given.reveal();
  if (!checkInitialPassword(password)) log.warn('INITIAL_PASSWORD is short. Change it after signing in.');
  return password;
}

interface CookieSigner {
  epoch(): number;
  issue(): Promise<string>;
  removal(): string;
  verify(cookieHeader: string | undefined): Promise<Session | undefined>;
}

/** The cookie is a JWT (HS256). It names the password's epoch: a new password makes all older cookies worthless. */
function cookieSigner({ keyValues, signingKey, isCookieSecure, clock, log }: SessionPorts): CookieSigner {
  const key = signingKey instanceof Secret ? new TextEncoder().encode(signingKey.reveal()) : new Uint8Array(signingKey);
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${isCookieSecure ? '; Secure' : ''}`;
  const nowS = (): number => Math.floor(clock.nowMs() / 1_000);
  const epoch = (): number => asNumber(keyValues.get(NAMESPACE, 'epoch')) ?? 0;
  const issue = async (id = randomId()): Promise<string> => {
    const token = await new SignJWT({ epoch: epoch() })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(ISSUER)
      .setJti(id)
      .setIssuedAt(nowS())
      .setExpirationTime(nowS() + LIFE_S)
      .sign(key);
    return `${COOKIE}=${token}; Max-Age=${LIFE_S}${attributes}`;
  };
  return {
    epoch,
    issue: () => issue(),
    removal: () => `${COOKIE}=; Max-Age=0${attributes}`,
    async verify(cookieHeader) {
      const token = cookieValue(cookieHeader);
      if (token === undefined) return undefined;
      try {
        const options = { algorithms: ['HS256'], issuer: ISSUER, currentDate: new Date(clock.nowMs()) };
        const { payload } = await jwtVerify(token, key, options);
        const { jti: id, exp } = payload;
        if (id === undefined || exp === undefined || payload['epoch'] !== epoch()) return undefined;
        if (keyValues.get(SIGNED_OUT, id) !== undefined) return undefined;
        return exp - nowS() < RENEW_BELOW_S ? { id, renewedCookie: await issue(id) } : { id };
      } catch (error) {
        if (!(error instanceof joseErrors.JOSEError)) throw error;
        log.debug('A login cookie was not valid.', { reason: error.code });
        return undefined;
      }
    },
  };
}

function pruneSignedOut({ keyValues, clock }: SessionPorts): void {
  const nowS = clock.nowMs() / 1_000;
  for (const [id, untilS] of keyValues.entries(SIGNED_OUT)) {
    if ((asNumber(untilS) ?? 0) < nowS) keyValues.remove(SIGNED_OUT, id);
  }
}

function cookieValue(header: string | undefined): string | undefined {
  const own = header?.split(';').find((pair) => pair.trimStart().startsWith(`${COOKIE}=`));
  return own?.slice(own.indexOf('=') + 1).trim() || undefined;
}

/** Constant in time for any two lengths: what is compared are digests. */
function isSame(given: string, expected: Secret): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected.reveal()));
}

function needsSetup(): OmniError {
  return new OmniError(
    'setup_required',
    'No password is set yet. Open the set-up link that OmniRoute printed when it started.',
  );
}
