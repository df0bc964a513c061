/** A Qwen account is served at the host that came with its token (`resource_url`), with or without a scheme. */
import { asString } from '../../base/json.ts';
import type { AccountCall } from '../account-call.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const qwenCall: AccountCall = {
  host: ({ data }) => {
    const told = asString(data['resourceUrl'])?.trim();
    return told === undefined || told === '' ? undefined : resourceHost(told);
  },
};

/**
 * `portal.qwen.ai` → `https://portal.qwen.ai`. Unencrypted only on this machine. The row's path begins with `/v1`, which
 * some tokens name too. What is no host is left to the row's.
 */
function resourceHost(told: string): string | undefined {
  const url = URL.parse(/^https?:\/\//i.test(told) ? told : `https://${told}`);
  if (url === null || url.hostname === '' || url.username !== '' || url.password !== '') return undefined;
  const scheme = url.protocol === 'http:' && LOOPBACK.test(url.hostname) ? 'http:' : 'https:';
  return `${scheme}//${url.host}${url.pathname}`.replace(/\/+$/, '').replace(/\/v1$/, '');
}
