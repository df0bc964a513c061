/** What providers answer about quotas, as facts.md A.4 and the vendors' own clients have it, and what is read of it. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { isUsedUp, type QuotaWindow } from '../../core/providers/quota.ts';
import { findProvider } from '../../core/providers/table.ts';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const LATER = '2026-11-25T12:00:00Z';

function read(provider: string, answer: JsonObject): { plan?: string; windows: readonly QuotaWindow[] } | undefined {
  return findProvider(provider)?.quota?.read(answer, NOW);
}

describe('a Claude plan', () => {
  const answer = {
    five_hour: { utilization: 37.5, resets_at: LATER },
    seven_day: { utilization: 100, resets_at: LATER },
    seven_day_opus: { utilization: 12, resets_at: LATER },
    seven_day_sonnet: null,
    extra_usage: { is_enabled: false, monthly_limit: null, used_credits: null, utilization: null },
  };

  it('has windows of five hours and a week, some for one family of models', () => {
    expect(read('claude', answer)).toEqual({
      windows: [
        { name: '5h', usedPercent: 37.5, resetAtMs: Date.parse(LATER) },
        { name: 'weekly', usedPercent: 100, resetAtMs: Date.parse(LATER) },
        { name: 'weekly, Opus', usedPercent: 12, resetAtMs: Date.parse(LATER), models: ['*opus*'] },
      ],
    });
  });

  it('goes on beyond its windows while extra usage is on', () => {
    const extra = { is_enabled: true, monthly_limit: 50, used_credits: 5, utilization: 10 };
    const windows = read('claude', { ...answer, extra_usage: extra })?.windows ?? [];
    expect(windows.map(({ models }) => models)).toEqual([[], [], [], []]);
    expect(windows.at(-1)).toEqual({ name: 'extra usage', usedPercent: 10, used: 5, total: 50, models: [] });
  });
});

describe('a ChatGPT plan', () => {
  it('has a window of five hours, one of a week, and one that stops nothing', () => {
    const window = (used: number, seconds: number) => ({ used_percent: used, limit_window_seconds: seconds });
    const answer = {
      plan_type: 'plus',
      rate_limit: {
        limit_reached: false,
        primary_window: { ...window(20, 18_000), reset_at: NOW / 1_000 + 60 },
        secondary_window: { ...window(80, 604_800), reset_after_seconds: 120 },
      },
      code_review_rate_limit: { primary_window: { ...window(100, 604_800), reset_after_seconds: 120 } },
    };
    expect(read('codex', answer)).toEqual({
      plan: 'plus',
      windows: [
        { name: '5h', usedPercent: 20, resetAtMs: NOW + 60_000 },
        { name: 'weekly', usedPercent: 80, resetAtMs: NOW + 120_000 },
        { name: 'code review', usedPercent: 100, resetAtMs: NOW + 120_000, models: [] },
      ],
    });
  });
});

describe('a ChatGPT plan with credits', () => {
  const rate_limit = { primary_window: { used_percent: 100, reset_after_seconds: 60 } };

  it.each([
    [{ has_credits: true, unlimited: false, balance: '5.39' }, [[], []], 'goes on beyond its windows'],
    [{ has_credits: true, unlimited: true, balance: null }, [[], []], 'goes on for ever'],
    [{ has_credits: true, unlimited: false, balance: 0 }, [undefined, []], 'stops where none are left'],
    [{ has_credits: false, unlimited: false, balance: '0' }, [undefined], 'stops where there are none'],
  ])('%j', (credits, models, _why) => {
    const windows = read('codex', { rate_limit, credits })?.windows ?? [];
    expect(windows.map((window) => window.models)).toEqual(models);
  });
});

describe('a Copilot plan', () => {
  it('that is paid has snapshots, of which some are unlimited', () => {
    const answer = {
      copilot_plan: 'individual',
      quota_reset_date: '2026-12-01',
      quota_snapshots: {
        chat: { entitlement: 0, remaining: 0, percent_remaining: 100, unlimited: true },
        premium_interactions: { entitlement: 300, remaining: 75, percent_remaining: 25, unlimited: false },
      },
    };
    const premium = { total: 300, remaining: 75, used: 225, resetAtMs: Date.parse('2026-12-01') };
    expect(read('github', answer)).toEqual({
      plan: 'individual',
      windows: [
        { name: 'premium requests', usedPercent: 75, ...premium, models: [] },
        { name: 'chat', usedPercent: 0, unlimited: true },
      ],
    });
  });

  it('that is free counts chats of a month, and without any left it stops', () => {
    const answer = {
      monthly_quotas: { chat: 50, completions: 2_000 },
      limited_user_quotas: { chat: 0, completions: 500 },
      limited_user_reset_date: '2026-12-01',
    };
    const windows = read('github', answer)?.windows ?? [];
    expect(windows).toMatchObject([
      { name: 'chat', usedPercent: 100, used: 50, total: 50, remaining: 0 },
      { name: 'completions', usedPercent: 75, models: [] },
    ]);
    expect(windows.map((window) => isUsedUp(window, NOW))).toEqual([true, false]);
  });
});

describe('a Kiro account', () => {
  it('has credits, those of a trial among them', () => {
    const answer = {
      nextDateReset: NOW / 1_000 + 3_600,
      subscriptionInfo: { subscriptionTitle: 'KIRO FREE' },
      usageBreakdownList: [
        {
          ...{ currentUsage: 12, currentUsageWithPrecision: 12.5, usageLimit: 50, usageLimitWithPrecision: 50 },
          freeTrialInfo: { freeTrialStatus: 'ACTIVE', currentUsageWithPrecision: 100, usageLimitWithPrecision: 500 },
        },
      ],
    };
    const usedPercent = (112.5 / 550) * 100;
    expect(read('kiro', answer)).toEqual({
      plan: 'KIRO FREE',
      windows: [
        { name: 'credits', used: 112.5, total: 550, remaining: 437.5, usedPercent, resetAtMs: NOW + 3_600_000 },
      ],
    });
  });
});

describe('a Kiro account whose month is used up', () => {
  const used = { currentUsageWithPrecision: 50, usageLimitWithPrecision: 50 };
  const usedUpWith = (entry: object, more: object = {}): boolean[] => {
    const answer = { nextDateReset: NOW / 1_000 + 3_600, usageBreakdownList: [{ ...used, ...entry }], ...more };
    return (read('kiro', answer)?.windows ?? []).map((window) => isUsedUp(window, NOW) && window.models === undefined);
  };

  it('rests until its reset', () => expect(usedUpWith({})).toEqual([true]));

  it('goes on with what it was given on top, as long as that holds', () => {
    const bonus = { status: 'ACTIVE', currentUsage: 20, usageLimit: 100 };
    expect(usedUpWith({ bonuses: [bonus] })).toEqual([false]);
    expect(
      usedUpWith({
        bonuses: [
          { ...bonus, status: 'EXPIRED' },
          { ...bonus, currentUsage: 100 },
        ],
      }),
    ).toEqual([true]);
  });

  it('goes on where it pays for more', () => {
    expect(usedUpWith({}, { overageConfiguration: { overageStatus: 'ENABLED' } })).toEqual([false]);
    expect(usedUpWith({}, { overageConfiguration: { overageStatus: 'DISABLED' } })).toEqual([true]);
  });

  it.each([NOW + 3_600_000, new Date(NOW + 3_600_000).toISOString()])(
    'reads its reset from %s too',
    (nextDateReset) => {
      const answer = { nextDateReset, usageBreakdownList: [used] };
      expect(read('kiro', answer)?.windows).toMatchObject([{ resetAtMs: NOW + 3_600_000 }]);
    },
  );
});

describe('Gemini Code Assist', () => {
  it('has requests of each model', () => {
    const bucket = { modelId: 'gemini-2.5-pro', remainingFraction: 0.25, remainingAmount: '25', resetTime: LATER };
    const looser = { ...bucket, remainingFraction: 0.9 };
    expect(read('gemini-cli', { buckets: [looser, bucket, looser, { tokenType: 'REQUESTS' }] })).toEqual({
      windows: [
        {
          ...{ name: 'gemini-2.5-pro', usedPercent: 75, remaining: 25, resetAtMs: Date.parse(LATER) },
          models: ['gemini-2.5-pro'],
        },
      ],
    });
  });
});

it.each(['claude', 'codex', 'github', 'kiro', 'gemini-cli'])('%s: an answer without figures tells nothing', (id) => {
  for (const answer of [{}, { error: { message: 'no' } }, { rate_limit: null, buckets: [null], five_hour: 'x' }])
    expect(read(id, answer as JsonObject)).toBeUndefined();
});
