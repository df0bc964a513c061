/** Where a network proxy stands, and the two kinds of failure of a way through one. */
import { OmniError } from '../base/errors.ts';

/** As `policy/proxies.ts` has it. */
export interface ProxyAddress {
  readonly type: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: { reveal(): string };
}

/** A name or an address without brackets. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** The proxy's own fault: says nothing about the provider. */
export function proxyFailed(proxy: ProxyAddress, what: string, cause?: unknown): OmniError {
  return new OmniError(
    'proxy_failed',
    `The network proxy ${nameOf(proxy)} ${what}. Nothing was sent. Check it under Settings, Advanced.`,
    { cause },
  );
}

/** The proxy works, the target behind it cannot be reached. */
export function behindProxy(proxy: ProxyAddress, { host }: TunnelTarget, why: string): OmniError {
  return new OmniError(
    'upstream_unreachable',
    `The provider's host ${host} cannot be reached through the network proxy ${nameOf(proxy)} (${why}).`,
  );
}

/** For a request that was under way through a proxy that is set no more. */
export function proxyChanged(cause?: unknown): OmniError {
  return new OmniError('proxy_failed', 'The network proxy was changed while this request was under way.', { cause });
}

function nameOf({ host, port }: ProxyAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
