/** Whether a proxy works, and which address the world sees through it. */
import { type Dispatcher, request } from 'undici';
import { toOmniError } from '../base/errors.ts';

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

/** Asks `echoUrl` over the dispatcher; never throws. */
export async function testProxy(dispatcher: Dispatcher, proxyUrl: string, echoUrl = ECHO_URL): Promise<ProxyTest> {
  const startedMs = performance.now();
  try {
    const { statusCode, body } = await request(echoUrl, { dispatcher, signal: AbortSignal.timeout(LIMIT_MS) });
    const publicIp = (await body.text()).trim().slice(0, ANSWER_LENGTH);
    const latencyMs = Math.round(performance.now() - startedMs);
    if (statusCode !== 200) return { success: false, error: `${echoUrl} answered with status ${statusCode}.` };
    return { success: true, publicIp, latencyMs, proxyUrl };
  } catch (thrown) {
    const error = toOmniError(thrown);
    const message =
      thrown instanceof Error && thrown.name === 'TimeoutError' ? 'There was no answer within 10 seconds.' : undefined;
    return {
      success: false,
      error: message ?? (error.code === 'internal' ? String((thrown as Error).message) : error.message),
    };
  }
}
