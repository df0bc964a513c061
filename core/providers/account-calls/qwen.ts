/** A Qwen account is served at the host that came with its token (`resource_url`), with or without a scheme. */
import { asString } from '../../base/json.ts';
import type { AccountCall } from '../account-call.ts';
import { checkedBaseUrl } from '../base-url.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const qwenCall: AccountCall = {
  host: ({ data }) => {
    const told = asString(data['resourceUrl'])?.trim();
    return told === undefined || told === '' ? undefined : resourceHost(told);
  },
};

/**
 * `portal.qwen.ai` → `https://portal.qwen.ai`. Unencrypted only on this machine. The row's path begins with `/v1`, which
 * some tokens name too. Throws `invalid_request` for what is no host.
 */
function resourceHost(told: string): string {
  const url = checkedBaseUrl(/^https?:\/\//i.test(told) ? told : `https://${told}`, 'The resource URL of the token');
  const { protocol, hostname } = new URL(url);
  const safe = protocol === 'http:' && !LOOPBACK.test(hostname) ? url.replace(/^http:/i, 'https:') : url;
  return safe.replace(/\/v1$/, '');
}
