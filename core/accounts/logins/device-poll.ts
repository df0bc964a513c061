/**
 * Asks for the token of a device code at the interval that the provider names, wider each time it says `slow_down`
 * (RFC 8628, 3.5). Whoever else wants to ask sooner is told what the last answer was.
 */
import { type OmniError, toOmniError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { grantCall } from '../flows/common.ts';
import type { DeviceMethod } from '../flows/flow.ts';
import { type DeviceCode, type Granted, grantDeviceToken } from '../oauth/grants.ts';
import type { LoginSession } from './login-session.ts';

const SLOWER_S = 5;
/** RFC 8628, 3.5: after a lost connection it is asked less often. */
const UNREACHABLE_FACTOR = 1.5;
const LONGEST_S = 60;

export interface DevicePoll {
  /** Asks now if the interval is over; settles with the answer of a call under way, too. */
  now(): Promise<void>;
  readonly intervalMs: number;
}

export function pollForToken(
  session: LoginSession,
  method: DeviceMethod,
  { code, codeVerifier }: { readonly code: DeviceCode; readonly codeVerifier?: Secret },
): DevicePoll {
  let intervalS = code.intervalS;
  let askedAtMs = performance.now();
  let asking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const { row, options } = session.parts;
  const verifier = codeVerifier === undefined ? {} : { code_verifier: codeVerifier.reveal() };

  const ask = async (): Promise<void> => {
    askedAtMs = performance.now();
    const { context } = session;
    const call = grantCall(context, method.tokenUrl(row, options), method.style);
    try {
      const granted = await grantDeviceToken(code.deviceCode, verifier, call);
      if (session.view.state === 'waiting') void session.proceed(() => Promise.resolve<Granted>(granted));
    } catch (thrown) {
      if (session.isOver) return;
      const error = toOmniError(thrown);
      if (error.upstreamCode === 'authorization_pending') return session.hinder(undefined);
      if (error.upstreamCode === 'slow_down') {
        session.hinder(undefined);
        intervalS = Math.min(LONGEST_S, intervalS + SLOWER_S);
        return;
      }
      if (!isPassing(error)) return session.fail(error);
      intervalS = Math.min(LONGEST_S, intervalS * UNREACHABLE_FACTOR);
      session.hinder(
        `${row.name} does not answer at the moment (${error.message.replace(/\.$/, '')}). It is asked again.`,
      );
    }
  };
  const askOnce = (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = undefined;
      schedule();
    });
    return asking;
  };
  const schedule = (): void => {
    clearTimeout(timer);
    if (session.view.state !== 'waiting') return;
    timer = setTimeout(() => void askOnce(), Math.max(0, askedAtMs + intervalS * 1_000 - performance.now()));
  };
  schedule();
  session.whenOver(() => clearTimeout(timer));
  return {
    get intervalMs() {
      return intervalS * 1_000;
    },
    async now() {
      if (asking !== undefined) await asking;
      else if (session.view.state === 'waiting' && performance.now() - askedAtMs >= intervalS * 1_000) await askOnce();
    },
  };
}

/** The network, a proxy or the provider failed: the code may still be good. */
function isPassing({ code }: OmniError): boolean {
  return [
    'upstream_unreachable',
    'upstream_timeout',
    'upstream_server_error',
    'upstream_rate_limited',
    'proxy_failed',
  ].includes(code);
}
