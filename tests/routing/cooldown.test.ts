import { describe, expect, it } from 'vitest';
import { type Cooldown, type CooldownFailure, coolDown, restsUntilMs, warmUp } from '../../core/routing/cooldown.ts';

const profile = {
  transientCooldown: 3_000,
  rateLimitCooldown: 0,
  maxBackoffLevel: 5,
  circuitBreakerThreshold: 5,
  circuitBreakerReset: 30_000,
};
const NOW = 1_000_000;

/** Failures one after the other, each attempt begun after the one before failed; `random` 0.5 is no jitter. */
function inRow(count: number, change: Partial<CooldownFailure> = {}, random = 0.5): Cooldown {
  let cooldown: Cooldown | undefined;
  for (let at = 0; at < count; at += 1) {
    const nowMs = NOW + at;
    const failure: CooldownFailure = {
      ...{ kind: 'limit', code: 'upstream_rate_limited', message: '', startedAtMs: nowMs },
      ...change,
    };
    cooldown = coolDown(cooldown, failure, { profile, nowMs, random });
  }
  if (cooldown === undefined) throw new Error('No failure.');
  return cooldown;
}
const restMs = (count: number, change?: Partial<CooldownFailure>, random?: number): number =>
  restsUntilMs(inRow(count, change, random)) - (NOW + count - 1);

describe('a limit without a hint', () => {
  it('rests a second, doubled by each further one, up to two minutes', () => {
    expect([1, 2, 3, 4].map((count) => restMs(count))).toEqual([1_000, 2_000, 4_000, 8_000]);
    const patient = { ...profile, maxBackoffLevel: 15 };
    const many = Array.from({ length: 12 }).reduce<Cooldown | undefined>(
      (before, _unused, at) =>
        coolDown(
          before,
          { kind: 'limit', code: 'upstream_rate_limited', message: '', startedAtMs: NOW + at },
          { profile: patient, nowMs: NOW + at, random: 0.5 },
        ),
      undefined,
    );
    expect(restsUntilMs(many ?? inRow(1)) - (NOW + 11)).toBe(120_000);
  });

  it('is not doubled beyond the profile’s level', () => {
    expect(restMs(20)).toBe(32_000);
  });

  it('is spread by a fifth either way', () => {
    expect([restMs(1, {}, 0), restMs(1, {}, 1)]).toEqual([800, 1_200]);
  });
});

describe('what the provider told', () => {
  it('pitfall 27: holds exactly, however many failures there were', () => {
    expect(restMs(1, { retryAfterMs: 7_000 })).toBe(7_000);
    expect(restMs(9, { retryAfterMs: 7_000 })).toBe(7_000);
  });

  it('is not shortened by a success, while our own guess is gone with it', () => {
    const told = inRow(1, { retryAfterMs: 60_000 });
    expect(restsUntilMs(warmUp(told, NOW + 10) ?? inRow(1))).toBe(NOW + 60_000);
    expect(warmUp(inRow(3), NOW + 10)).toBeUndefined();
    expect(warmUp(told, NOW + 60_001)).toBeUndefined();
  });

  it('holds for the longest of what attempts side by side were told, in whatever order', () => {
    for (const waits of [
      [60_000, 1_000],
      [1_000, 60_000],
    ]) {
      const all = waits.reduce<Cooldown | undefined>(
        (before, retryAfterMs, at) =>
          coolDown(
            before,
            { ...{ kind: 'limit', code: 'upstream_rate_limited', message: '' }, startedAtMs: NOW, retryAfterMs },
            { profile, nowMs: NOW + at + 1, random: 0.5 },
          ),
        undefined,
      );
      expect(restsUntilMs(all ?? inRow(1))).toBeGreaterThan(NOW + 59_999);
    }
  });

  it('is not believed beyond a month', () => {
    expect(restMs(1, { retryAfterMs: 1e15 })).toBe(31 * 86_400_000);
  });
});

describe('a failure of the provider’s', () => {
  const failure = { kind: 'transient', code: 'upstream_server_error' } as const;

  it('pitfall 31: one blip disables nothing; the rest begins with the second in a row', () => {
    expect([1, 2, 3, 4].map((count) => restMs(count, failure))).toEqual([0, 3_000, 6_000, 12_000]);
    expect(restMs(9, failure)).toBe(48_000);
  });

  it('a burst of parallel attempts counts as one', () => {
    let cooldown: Cooldown | undefined;
    for (let at = 0; at < 64; at += 1)
      cooldown = coolDown(
        cooldown,
        { ...failure, message: '', startedAtMs: NOW },
        { profile, nowMs: NOW + 100 + at, random: 0.5 },
      );
    expect(cooldown).toMatchObject({ level: 0, ownUntilMs: NOW + 100 });
  });

  it('long after the last one begins anew', () => {
    const before = inRow(4, failure);
    const nowMs = NOW + 3_600_000;
    const after = coolDown(before, { ...failure, message: '', startedAtMs: nowMs }, { profile, nowMs, random: 0.5 });
    expect(after.level).toBe(0);
  });
});

it('what only a person can mend rests two minutes', () => {
  expect(restMs(1, { kind: 'fixed', code: 'upstream_auth' })).toBe(120_000);
});
