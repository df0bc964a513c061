/** Whether a proxy works, and which address the world sees through it. */
import { request } from 'undici';
import { OmniError } from '../base/errors.ts';
import { networkReason } from '../base/network-reason.ts';
import { untilAborted } from '../base/until-aborted.ts';
import { createProxyAgent } from './dispatchers.ts';
import type { ProxyAddress } from './proxy-address.ts';

export interface ProxyTest {
  readonly success: boolean;
  /** As the echo service saw it. */
  readonly publicIp?: string;
  readonly latencyMs?: number;
  /** Without user name and password. */
  readonly proxyUrl?: string;
  readonly error?: string;
}

/** Answers the caller's address as plain text (https://www.ipify.org). */
export const ECHO_URL = 'https://api.ipify.org';
const LIMIT_MS = 10_000;
const ANSWER_LENGTH = 100;

/** Asks `echoUrl` through the proxy, over connections of its own; never throws. */
export async function testProxy(proxy: ProxyAddress, echoUrl = ECHO_URL, limitMs = LIMIT_MS): Promise<ProxyTest> {
  const { type, host, port } = proxy;
  const proxyUrl = `${type}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { agent: dispatcher } = createProxyAgent(proxy);
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(limitMs);
  try {
    const { statusCode, body } = await untilAborted(signal, request(echoUrl, { dispatcher, signal }));
    const publicIp = (await body.text()).trim().slice(0, ANSWER_LENGTH);
    const latencyMs = Math.round(performance.now() - startedMs);
    if (statusCode !== 200) return { success: false, error: `${echoUrl} answered with status ${statusCode}.` };
    return { success: true, publicIp, latencyMs, proxyUrl };
  } catch (thrown) {
    return { success: false, error: sentenceFor(thrown, echoUrl, limitMs) };
  } finally {
    await dispatcher.destroy();
  }
}

function sentenceFor(thrown: unknown, echoUrl: string, limitMs: number): string {
  if (thrown instanceof OmniError) return thrown.message;
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'TimeoutError') return `There was no answer within ${limitMs / 1_000} seconds.`;
  return `The proxy works, but ${new URL(echoUrl).host} cannot be reached through it (${networkReason(thrown)}).`;
}
