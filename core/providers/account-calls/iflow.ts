/** iFlow answers 406 to a call that is not signed with its API key. The format is that of iFlow's own client. */
import { createHmac } from 'node:crypto';
import type { AccountCall } from '../account-call.ts';

/** It is part of what is signed. */
const USER_AGENT = 'iFlow-Cli';

/** The signature: lower-case hex HMAC-SHA256 over user agent, session and time in milliseconds, joined by colons. */
export const iflowCall: AccountCall = {
  headers: ({ key, callId, nowMs }) => {
    const session = `session-${callId}`;
    const signed = `${USER_AGENT}:${session}:${nowMs}`;
    return {
      'user-agent': USER_AGENT,
      'session-id': session,
      'x-iflow-timestamp': String(nowMs),
      ...(key && { 'x-iflow-signature': createHmac('sha256', key.reveal()).update(signed).digest('hex') }),
    };
  },
};
