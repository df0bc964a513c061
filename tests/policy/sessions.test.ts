import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { type CoreEvent, type EventSink, noEvents } from '../../core/base/event-bus.ts';
import { silentLog } from '../../core/base/log.ts';
import { Secret } from '../../core/base/secret.ts';
import { createLockouts } from '../../core/policy/lockouts.ts';
import { hashPassword, verifyPassword } from '../../core/policy/passwords.ts';
import { createSessions, type SessionPorts } from '../../core/policy/sessions.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import { memoryKeyValues } from '../support/memory-store.ts';
import { memoryVault } from '../support/memory-vault.ts';
import { testClock } from '../support/test-clock.ts';

const PASSWORD = 'correct horse battery';
const DAY_MS = 86_400_000;
const failure = (code: string) => expect.objectContaining({ code });
const asHeader = (setCookie: string): string => setCookie.split(';', 1)[0] ?? '';

async function setUp(change: Partial<SessionPorts> = {}, events: EventSink = noEvents) {
  const [keyValues, clock] = [memoryKeyValues(), testClock()];
  const ports: SessionPorts = {
    keyValues,
    lockouts: createLockouts({ keyValues, clock, events, rules: () => DEFAULT_SETTINGS.lockouts }),
    signingKey: memoryVault().derive('session'),
    initialPassword: new Secret(PASSWORD),
    isCookieSecure: false,
    clock,
    log: silentLog,
    ...change,
  };
  const sessions = createSessions(ports);
  await sessions.start();
  return { ports, sessions, clock: ports.clock as ReturnType<typeof testClock> };
}

async function withoutPassword() {
  const { initialPassword: _none, ...rest } = (await setUp()).ports;
  const keyValues = memoryKeyValues();
  const sessions = createSessions({ ...rest, keyValues });
  await sessions.start();
  return { sessions, keyValues, token: sessions.setupPath()?.replace('/setup#', '') ?? '' };
}

describe('set-up', () => {
  it('there is no default password: a link with 256 random bits is the way in, once', async () => {
    const { sessions, token } = await withoutPassword();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(sessions.hasPassword()).toBe(false);
    await expect(sessions.signIn('123456', '127.0.0.1')).rejects.toEqual(failure('setup_required'));
    await expect(sessions.setUp(`${token}x`, PASSWORD, '127.0.0.1')).rejects.toEqual(failure('wrong_password'));
    const cookie = await sessions.setUp(token, PASSWORD, '127.0.0.1');
    expect(await sessions.verify(asHeader(cookie))).toBeDefined();
    expect(sessions.setupPath()).toBeUndefined();
    await expect(sessions.setUp(token, 'another password', '127.0.0.1')).rejects.toEqual(failure('conflict'));
  });

  it('two requests at once with the same token set one password', async () => {
    const { sessions, token } = await withoutPassword();
    const results = await Promise.allSettled([
      sessions.setUp(token, 'password one', 'a'),
      sessions.setUp(token, 'password two', 'b'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(sessions.signIn('password one', 'a')).resolves.toContain('auth_token=');
  });

  it('a password that is too short leaves the link valid', async () => {
    const { sessions, token } = await withoutPassword();
    await expect(sessions.setUp(token, 'seven77', 'a')).rejects.toEqual(
      expect.objectContaining({ code: 'invalid_request', path: 'password' }),
    );
    await expect(sessions.setUp(token, 'eight888', 'a')).resolves.toContain('auth_token=');
  });

  it('INITIAL_PASSWORD sets the first one and never replaces a later one', async () => {
    const { sessions, ports } = await setUp();
    expect(sessions.setupPath()).toBeUndefined();
    await sessions.changePassword({ currentPassword: PASSWORD, newPassword: 'a new password' }, 'a');
    const restarted = createSessions(ports);
    await restarted.start();
    await expect(restarted.signIn(PASSWORD, 'b')).rejects.toEqual(failure('wrong_password'));
    await expect(restarted.signIn('a new password', 'b')).resolves.toContain('auth_token=');
  });

  it('a short INITIAL_PASSWORD is its operator’s choice; a page demands eight characters', async () => {
    const { sessions } = await setUp({ initialPassword: new Secret('short7!') });
    await expect(sessions.signIn('short7!', 'a')).resolves.toContain('auth_token=');
    const change = { currentPassword: 'short7!', newPassword: 'seven77' };
    await expect(sessions.changePassword(change, 'a')).rejects.toEqual(
      expect.objectContaining({ code: 'invalid_request', path: 'newPassword' }),
    );
  });

  it('the default of the original, 123456, stops the start', async () => {
    await expect(setUp({ initialPassword: new Secret('123456') })).rejects.toEqual(
      expect.objectContaining({ code: 'invalid_request', path: 'INITIAL_PASSWORD' }),
    );
  });
});

describe('the cookie', () => {
  it('scripts cannot read it, other sites cannot send it', async () => {
    const { sessions } = await setUp();
    const cookie = await sessions.signIn(PASSWORD, 'a');
    expect(cookie).toMatch(/^auth_token=[\w-]+\.[\w-]+\.[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    const { sessions: secure } = await setUp({ isCookieSecure: true });
    expect(await secure.signIn(PASSWORD, 'a')).toMatch(/; Secure$/);
  });

  it('lasts 30 days and is issued again in the last seven', async () => {
    const { sessions, clock } = await setUp();
    const cookie = asHeader(await sessions.signIn(PASSWORD, 'a'));
    clock.advance(22 * DAY_MS);
    expect((await sessions.verify(cookie))?.renewedCookie).toBeUndefined();
    clock.advance(2 * DAY_MS);
    const renewed = (await sessions.verify(`other=1; ${cookie}`))?.renewedCookie ?? '';
    clock.advance(7 * DAY_MS);
    expect(await sessions.verify(cookie)).toBeUndefined();
    expect(await sessions.verify(asHeader(renewed))).toBeDefined();
  });

  it('survives a restart with the same secret, and nothing else', async () => {
    const { sessions, ports } = await setUp();
    const cookie = asHeader(await sessions.signIn(PASSWORD, 'a'));
    expect(await createSessions(ports).verify(cookie)).toBeDefined();
    expect(
      await createSessions({ ...ports, signingKey: new Secret('another secret of the owner') }).verify(cookie),
    ).toBeUndefined();
  });

  it.each(['', 'auth_token=', 'auth_token=abc', 'auth_token=a.b.c', 'xauth_token=1'])(
    '%j is no session',
    async (header) => {
      const { sessions } = await setUp();
      expect(await sessions.verify(header)).toBeUndefined();
    },
  );

  it('an unsigned or foreign-issued token is no session', async () => {
    const { sessions, ports } = await setUp();
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { epoch: 1, iss: 'omniroute', jti: 'x', exp: 9_999_999_999 };
    expect(await sessions.verify(`auth_token=${part({ alg: 'none' })}.${part(claims)}.`)).toBeUndefined();
    const foreign = await new SignJWT({ ...claims, iss: 'other' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(ports.signingKey as Buffer));
    expect(await sessions.verify(`auth_token=${foreign}`)).toBeUndefined();
    const ours = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(ports.signingKey as Buffer));
    expect(await sessions.verify(`auth_token=${ours}`)).toBeDefined();
  });

  it('a sign-out ends that session, also for who copied the cookie', async () => {
    const { sessions } = await setUp();
    const one = asHeader(await sessions.signIn(PASSWORD, 'a'));
    const two = asHeader(await sessions.signIn(PASSWORD, 'a'));
    expect(await sessions.signOut(one)).toMatch(/^auth_token=; Max-Age=0; Path=\//);
    expect(await sessions.verify(one)).toBeUndefined();
    expect(await sessions.verify(two)).toBeDefined();
  });

  it('a new password signs everyone else out', async () => {
    const { sessions } = await setUp();
    const other = asHeader(await sessions.signIn(PASSWORD, 'a'));
    const own = await sessions.changePassword({ currentPassword: PASSWORD, newPassword: 'a new password' }, 'a');
    expect(await sessions.verify(other)).toBeUndefined();
    expect(await sessions.verify(asHeader(own))).toBeDefined();
  });
});

describe('attempts', () => {
  it('after five wrong passwords the address waits 15 minutes, even with the right one', async () => {
    const { sessions, clock } = await setUp();
    for (let count = 0; count < 5; count += 1)
      await expect(sessions.signIn('wrong', 'a')).rejects.toEqual(failure('wrong_password'));
    await expect(sessions.signIn(PASSWORD, 'a')).rejects.toEqual(
      expect.objectContaining({ code: 'too_many_attempts', retryAfterMs: 900_000 }),
    );
    await expect(sessions.signIn(PASSWORD, 'b')).resolves.toContain('auth_token=');
    clock.advance(900_000);
    await expect(sessions.signIn(PASSWORD, 'a')).resolves.toContain('auth_token=');
  });

  it('thirty guesses at once get five checks, and the lock is told once', async () => {
    const locks: CoreEvent[] = [];
    const { sessions } = await setUp({}, { emit: (event) => void locks.push(event) });
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => sessions.signIn('wrong', 'a')));
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'in'));
    expect(codes.filter((code) => code === 'wrong_password')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(25);
    expect(locks).toEqual([expect.objectContaining({ type: 'lockout-changed', identifier: 'a' })]);
  });

  it('many addresses together get twenty, and one /64 counts as one address', async () => {
    const { sessions } = await setUp();
    const guess = (address: string) => sessions.signIn('wrong', address);
    const v6 = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => guess(`2001:db8::${index + 1}`)));
    expect(v6.filter((result) => result.status === 'rejected' && result.reason.code === 'wrong_password')).toHaveLength(
      5,
    );
    const v4 = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => guess(`10.0.0.${index}`)));
    expect(v4.filter((result) => result.status === 'rejected' && result.reason.code === 'wrong_password')).toHaveLength(
      15,
    );
  });

  it('the right password clears the count, old failures are forgotten', async () => {
    const { sessions, clock } = await setUp();
    const wrong = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count += 1)
        await expect(sessions.signIn('wrong', 'a')).rejects.toEqual(failure('wrong_password'));
    };
    await wrong(4);
    await sessions.signIn(PASSWORD, 'a');
    await wrong(4);
    clock.advance(300_000);
    await wrong(4);
    await expect(sessions.signIn(PASSWORD, 'a')).resolves.toContain('auth_token=');
  });

  it('guessing the current password of a session counts too', async () => {
    const { sessions } = await setUp();
    const change = () => sessions.changePassword({ currentPassword: 'wrong', newPassword: 'a new password' }, 'a');
    for (let count = 0; count < 5; count += 1) await expect(change()).rejects.toEqual(failure('wrong_password'));
    await expect(change()).rejects.toEqual(failure('too_many_attempts'));
  });
});

describe('password hashes', () => {
  it('are salted scrypt at N = 2^15, and equal letters are equal however they were typed', async () => {
    const [one, two] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
    expect(one).toMatch(/^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword('pa\u0308ssword', one)).toBe(true);
    expect(await verifyPassword('passw0rd', one)).toBe(false);
  });

  it('a stored value that is none is a fault of ours, not a wrong password', async () => {
    await expect(verifyPassword('anything', '$2b$10$abcdef')).rejects.toEqual(failure('internal'));
  });
});
