/** RFC 8628 as the vendors with device codes have it: an interval that is kept to, a code that is entered or not. */
import { markedSecret } from '../marked-secrets.ts';
import type { SimulatedAccount, Tools } from './auth-server.ts';

export interface DeviceDesk {
  /** Of the codes given from now on. */
  rules: { intervalS: number; expiresInS: number };
  /** The person types a code at the vendor's page. Throws where no such code is open. */
  type(userCode: string, account: SimulatedAccount): void;
  /** What the person does with every code that is open. */
  enter(account: SimulatedAccount): void;
  deny(): void;
  expire(): void;
  /** The next poll is told to slow down. */
  slowDown(): void;
  /** How often it was asked for a token. */
  polls: number;
  issue(details: { challenge?: string | null }): { deviceCode: string; userCode: string };
  /** The state of a code at this poll; a poll that comes too soon is a fault. */
  poll(deviceCode: string, fault: Tools['fault']): PollState;
}

export type PollState =
  | { readonly state: 'pending' | 'slow_down' | 'denied' | 'expired' | 'unknown' }
  | { readonly state: 'entered'; readonly account: SimulatedAccount; readonly challenge: string | null };

/** What the codes to type look like. */
export const USER_CODE = /WXYZ-\d{4}/;

interface Open {
  readonly userCode: string;
  state: 'pending' | 'denied' | 'expired' | 'entered';
  account?: SimulatedAccount;
  readonly challenge: string | null;
  askedAtMs: number;
  intervalS: number;
}

/** Clocks of two processes on a busy machine are not that exact. */
const TOLERANCE_MS = 50;

export function deviceDesk(): DeviceDesk {
  const open = new Map<string, Open>();
  let isSlowing = false;
  let issued = 1_233;
  const all = (change: Partial<Open>): void => {
    for (const one of open.values()) Object.assign(one, change);
  };
  const desk: DeviceDesk = {
    rules: { intervalS: 1, expiresInS: 600 },
    polls: 0,
    type(userCode, account) {
      const found = [...open.values()].find((one) => one.userCode === userCode && one.state === 'pending');
      if (found === undefined) throw new Error(`The code ${userCode} is not right, or has ended.`);
      Object.assign(found, { state: 'entered', account });
    },
    enter: (account) => all({ state: 'entered', account }),
    deny: () => all({ state: 'denied' }),
    expire: () => all({ state: 'expired' }),
    slowDown: () => {
      isSlowing = true;
    },
    issue({ challenge = null }) {
      const deviceCode = markedSecret('dc-');
      const { intervalS } = desk.rules;
      issued += 1;
      const userCode = `WXYZ-${issued}`;
      open.set(deviceCode, { userCode, state: 'pending', challenge, askedAtMs: performance.now(), intervalS });
      return { deviceCode, userCode };
    },
    poll(deviceCode, fault) {
      desk.polls += 1;
      const found = open.get(deviceCode);
      if (found === undefined) return { state: 'unknown' };
      const nowMs = performance.now();
      if (nowMs - found.askedAtMs < found.intervalS * 1_000 - TOLERANCE_MS)
        fault(`poll: after ${Math.round(nowMs - found.askedAtMs)} ms, not ${found.intervalS} s`);
      found.askedAtMs = nowMs;
      if (isSlowing) {
        isSlowing = false;
        found.intervalS += 5;
        return { state: 'slow_down' };
      }
      if (found.state !== 'entered' || found.account === undefined) {
        return { state: found.state === 'entered' ? 'pending' : found.state };
      }
      open.delete(deviceCode);
      return { state: 'entered', account: found.account, challenge: found.challenge };
    },
  };
  return desk;
}

/** RFC 8628, 3.5. */
export const DEVICE_ERRORS: Readonly<Record<Exclude<PollState['state'], 'entered'>, string>> = {
  pending: 'authorization_pending',
  slow_down: 'slow_down',
  denied: 'access_denied',
  expired: 'expired_token',
  unknown: 'invalid_grant',
};
