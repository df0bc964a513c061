/** What the caller is told when nothing is left to try (issue "Fallback"): status, wait and words. */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, OmniError } from '../../core/base/errors.ts';
import { Exhaustion } from '../../core/pipeline/exhaustion.ts';
import { nodeProvider } from '../../core/providers/node-provider.ts';
import type { Leg } from '../../core/routing/plan.ts';
import type { Standing } from '../../core/routing/resilience.ts';

const provider = nodeProvider({
  id: 'n1',
  type: 'openai-compatible',
  name: 'Mine',
  prefix: 'mine',
  baseUrl: 'http://127.0.0.1:1',
});
const endpoint = provider.endpoints[0];
const target = { provider, endpoint, model: 'm' };
const leg = (model: string): Leg => ({
  provider,
  endpoint,
  model,
  accounts: [],
  rules: { maxRetries: 0, retryDelayMs: 0, queueTimeoutMs: 0 },
});

const failure = (code: ErrorCode, retryAfterMs?: number): OmniError =>
  new OmniError(code, 'its words', retryAfterMs === undefined ? {} : { retryAfterMs });
const cooling = (code: ErrorCode, waitMs: number): Standing => ({
  state: 'cooling',
  untilMs: Date.now() + waitMs,
  code,
  scope: 'model',
  message: 'slow down',
});

interface Case {
  readonly failures: readonly OmniError[];
  readonly standings?: readonly Standing[];
}

function errorOf({ failures, standings = [] }: Case): OmniError {
  const exhaustion = new Exhaustion([leg('m'), leg('other')]);
  for (const standing of standings) exhaustion.passedOver(target, standing);
  for (const error of failures) exhaustion.failed(target, error);
  return exhaustion.error();
}

describe('when all is exhausted', () => {
  it.each<[string, Case, number]>([
    ['a limit was met', { failures: [failure('upstream_rate_limited')] }, 429],
    ['a quota ended', { failures: [failure('upstream_quota')] }, 429],
    [
      'a limit was met before a failure',
      { failures: [failure('upstream_rate_limited'), failure('upstream_server_error')] },
      429,
    ],
    [
      'one was cooling down and not called',
      { failures: [], standings: [cooling('upstream_rate_limited', 9_000)] },
      429,
    ],
    [
      'one was cooling down after a failure',
      { failures: [], standings: [cooling('upstream_server_error', 9_000)] },
      429,
    ],
    ['all are open', { failures: [], standings: [{ state: 'open', untilMs: Date.now() + 9_000 }] }, 503],
    ['the last one took too long', { failures: [failure('upstream_server_error'), failure('upstream_timeout')] }, 504],
    ['the provider failed', { failures: [failure('upstream_server_error')] }, 502],
    ['it cannot be reached', { failures: [failure('upstream_unreachable')] }, 502],
    ['the key was refused', { failures: [failure('upstream_auth')] }, 502],
    ['the answer was empty', { failures: [failure('upstream_empty')] }, 502],
    ['nobody knows the model', { failures: [failure('upstream_model_not_found')] }, 404],
  ])('%s', (_name, given, status) => {
    expect(errorOf(given).status).toBe(status);
  });

  it('the earliest moment at which something may answer is told', () => {
    const error = errorOf({
      failures: [failure('upstream_rate_limited', 40_000), failure('upstream_rate_limited', 7_000)],
      standings: [cooling('upstream_rate_limited', 90_000)],
    });
    expect(error.retryAfterMs).toBe(7_000);
  });

  it('a 5xx has a Retry-After as well, a model that nobody knows has none', () => {
    expect(errorOf({ failures: [failure('upstream_server_error')] }).retryAfterMs).toBeGreaterThan(0);
    expect(errorOf({ failures: [failure('upstream_model_not_found')] }).retryAfterMs).toBeUndefined();
  });

  it('the last upstream error is given in its words, with its place', () => {
    expect(errorOf({ failures: [failure('upstream_server_error')] }).message).toBe(
      "[mine/m] its words All 2 targets failed or are not available; this is the last one's answer.",
    );
  });

  it('without any attempt the reasons are named', () => {
    expect(errorOf({ failures: [], standings: [cooling('upstream_rate_limited', 1_000)] }).message).toBe(
      'Nothing can answer at the moment: mine/m is cooling down after upstream_rate_limited (slow down).',
    );
  });
});
