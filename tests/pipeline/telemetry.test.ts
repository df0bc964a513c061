import { expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { Ledger } from '../../core/pipeline/ledger.ts';
import { createTelemetry } from '../../core/pipeline/telemetry.ts';
import type { UsageRecord } from '../../core/store/records.ts';
import { usage } from '../store/records.ts';
import { testClock } from '../support/test-clock.ts';

const MINUTE_MS = 60_000;

function setUp(earlier: readonly UsageRecord[] = []) {
  const clock = testClock();
  const telemetry = createTelemetry({ clock, usage: { recent: () => earlier } });
  const opening = { id: 'r', endpoint: '/v1/messages', clientFormat: 'anthropic-messages', caller: {} } as const;
  const note = (change: Partial<UsageRecord> = {}): void => {
    const ledger = new Ledger({ clock, log: silentLog, append: () => Promise.resolve() }, opening);
    ledger.begin({ model: 'm', stream: true });
    telemetry.ended(ledger, { ...usage, provider: 'openai', outcome: 'ok', ...change });
  };
  return { clock, telemetry, note };
}

it('a request leaves the window when it is over, and the hour too', () => {
  const { clock, telemetry, note } = setUp();
  note();
  note({ outcome: 'error' });
  expect(telemetry.summary(5 * MINUTE_MS)).toMatchObject({ requests: 2, failures: 1, windowMs: 5 * MINUTE_MS });
  clock.advance(6 * MINUTE_MS);
  expect(telemetry.summary(5 * MINUTE_MS).requests).toBe(0);
  expect(telemetry.summary(60 * MINUTE_MS).requests).toBe(2);
  clock.advance(60 * MINUTE_MS);
  note();
  expect(telemetry.summary(60 * MINUTE_MS).requests).toBe(1);
});

it('a client that leaves is nobody’s failure, and an answer from the cache is no provider’s', () => {
  const { telemetry, note } = setUp();
  note({ outcome: 'cancelled' });
  note({ provider: '', servedFrom: 'cache' });
  const summary = telemetry.summary(MINUTE_MS);
  expect(summary).toMatchObject({ requests: 2, failures: 0 });
  expect(Object.keys(summary.byProvider)).toEqual(['openai']);
});

it('what the log holds of the hour before the start is in the picture, once', () => {
  const nowMs = testClock().nowMs();
  const before = (id: string, agoMs: number): UsageRecord => ({
    ...{ ...usage, id, provider: 'groq', outcome: 'ok', stream: true },
    ...{ startedAtMs: nowMs - agoMs, durationMs: 1_000, firstContentMs: 400 },
  });
  const { telemetry } = setUp([before('a', 10 * MINUTE_MS), before('b', 90 * MINUTE_MS), before('c', -MINUTE_MS)]);
  for (let time = 0; time < 2; time += 1) {
    const { byProvider } = telemetry.summary(60 * MINUTE_MS);
    expect(byProvider['groq']).toMatchObject({ requests: 1, latency: { count: 1 }, firstContent: { count: 1 } });
    expect(byProvider['groq']?.latency.p50).toBeGreaterThan(950);
    expect(byProvider['groq']?.latency.p50).toBeLessThan(1_050);
  }
});

it('what came since the start stays when the log is first read half an hour later', () => {
  const nowMs = testClock().nowMs();
  const earlier = [59, 50, 40, 31, 5].map((minutesAgo) => ({
    ...{ ...usage, id: `r${minutesAgo}`, provider: 'groq', outcome: 'ok' as const },
    ...{ startedAtMs: nowMs - minutesAgo * MINUTE_MS, durationMs: 10 },
  }));
  const { clock, telemetry, note } = setUp(earlier);
  for (let minute = 0; minute < 30; minute += 1) {
    note();
    clock.advance(MINUTE_MS);
  }
  const { byProvider } = telemetry.summary(60 * MINUTE_MS);
  expect(byProvider['openai']?.requests).toBe(30);
  expect(byProvider['groq']?.requests).toBe(1);
});

it('tells a number of providers apart, and counts the others in the whole', () => {
  const { telemetry, note } = setUp();
  for (let index = 0; index < 250; index += 1) note({ provider: `provider-${index}` });
  const summary = telemetry.summary(MINUTE_MS);
  expect([summary.requests, Object.keys(summary.byProvider).length]).toEqual([250, 200]);
});
