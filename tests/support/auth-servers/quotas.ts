/**
 * What vendors tell of an account's quota (facts.md A.4; for Kiro also that the person is named on request), strict about
 * the call. By its id each account has used another share.
 */
import { asObject, parseJson } from '../../../core/base/json.ts';
import type { Asked, AuthServer, SimulatedAccount } from './auth-server.ts';

/** Percent used, by account id: figures that a computer's fractions have exactly. */
export const USED_PERCENT: Readonly<Record<string, number>> = { ada: 25, bob: 50 };

/** Tomorrow, in whole seconds: some vendors tell seconds, some a date. */
const RESET_S = Math.floor(Date.now() / 1_000) + 86_400;
const RESET = new Date(RESET_S * 1_000).toISOString();

interface QuotaPage {
  readonly path: string;
  /** What a strict vendor finds wrong with the call. */
  readonly faultsOf: (asked: Asked, owner: SimulatedAccount) => readonly string[];
  readonly answer: (usedPercent: number, owner: SimulatedAccount) => object;
  /** The windows that this means, as `GET /api/quotas` has them. */
  readonly windows: (usedPercent: number) => readonly object[];
}

/** By provider; the others tell none. */
const PAGES: Readonly<Record<string, QuotaPage>> = {
  claude: {
    path: '/api/oauth/usage',
    faultsOf: ({ method, headers }) => [
      ...(method === 'GET' ? [] : [`the method is ${method}`]),
      ...(headers['anthropic-beta'] === 'oauth-2025-04-20' ? [] : ['the OAuth beta is not named']),
    ],
    answer: (used) => ({
      five_hour: { utilization: used, resets_at: RESET },
      seven_day: { utilization: used / 2, resets_at: RESET },
      seven_day_opus: null,
    }),
    windows: (used) => [
      { name: '5h', usedPercent: used, resetAt: RESET },
      { name: 'weekly', usedPercent: used / 2, resetAt: RESET },
    ],
  },
  codex: {
    path: '/backend-api/wham/usage',
    faultsOf: ({ method, headers }, owner) => [
      ...(method === 'GET' ? [] : [`the method is ${method}`]),
      ...(headers['chatgpt-account-id'] === owner.id ? [] : [`the account is ${headers['chatgpt-account-id']}`]),
    ],
    answer: (used) => {
      const window = (used_percent: number, limit_window_seconds: number) => ({
        ...{ used_percent, limit_window_seconds, reset_at: RESET_S },
      });
      const rate_limit = { primary_window: window(used, 18_000), secondary_window: window(used / 2, 604_800) };
      return { plan_type: 'plus', rate_limit };
    },
    windows: (used) => [
      { name: '5h', usedPercent: used, resetAt: RESET },
      { name: 'weekly', usedPercent: used / 2, resetAt: RESET },
    ],
  },
  'gemini-cli': {
    path: '/v1internal:retrieveUserQuota',
    faultsOf: ({ method, text }, owner) =>
      method === 'POST' && asObject(parseJson(text))?.['project'] === `project-of-${owner.id}`
        ? []
        : [`${method} ${text} names no project of the account`],
    answer: (used) => ({
      buckets: [
        { modelId: 'gemini-2.5-pro', tokenType: 'REQUESTS', remainingFraction: 1 - used / 100, resetTime: RESET },
      ],
    }),
    windows: (used) => [{ name: 'gemini-2.5-pro', usedPercent: used, resetAt: RESET }],
  },
  github: {
    path: '/copilot_internal/user',
    faultsOf: ({ headers }) => [
      ...(headers.authorization?.startsWith('token ') ? [] : ['GitHub’s own token travels as "token …"']),
      ...(headers['user-agent'] === undefined ? ['GitHub refuses calls without a user agent'] : []),
    ],
    answer: (used) => ({
      ...{ copilot_plan: 'individual', quota_reset_date_utc: RESET },
      quota_snapshots: {
        chat: { entitlement: 0, remaining: 0, percent_remaining: 100, unlimited: true },
        premium_interactions: {
          ...{ entitlement: 300, remaining: 300 - 3 * used, percent_remaining: 100 - used, unlimited: false },
        },
      },
    }),
    windows: (used) => [
      {
        name: 'premium requests',
        usedPercent: used,
        used: 3 * used,
        total: 300,
        remaining: 300 - 3 * used,
        resetAt: RESET,
      },
      { name: 'chat', usedPercent: 0, unlimited: true },
    ],
  },
  kiro: {
    path: '/',
    faultsOf: ({ headers, text }) => {
      const { isEmailRequired, profileArn, ...body } = asObject(parseJson(text)) ?? {};
      const wanted = { origin: 'AI_EDITOR', resourceType: 'AGENTIC_REQUEST' };
      return [
        ...(headers['x-amz-target'] === 'AmazonCodeWhispererService.GetUsageLimits' ? [] : ['the target is wrong']),
        ...(headers['content-type'] === 'application/x-amz-json-1.0' ? [] : ['the body is no JSON of AWS']),
        ...(JSON.stringify(body) === JSON.stringify(wanted) ? [] : [`the body is ${text}`]),
        ...(profileArn === undefined || /^arn:aws:codewhisperer:/.test(String(profileArn)) ? [] : ['no such profile']),
        ...([undefined, true].includes(isEmailRequired as undefined) ? [] : ['isEmailRequired is no boolean']),
      ];
    },
    answer: (used, { email, id }) => ({
      ...{ nextDateReset: RESET_S, subscriptionInfo: { subscriptionTitle: 'KIRO FREE' } },
      usageBreakdownList: [{ currentUsageWithPrecision: used, usageLimitWithPrecision: 100 }],
      userInfo: { email, userId: `d-9067000000.${id}` },
    }),
    windows: (used) => [
      { name: 'credits', usedPercent: used, used, total: 100, remaining: 100 - used, resetAt: RESET },
    ],
  },
};

/** From now on the server tells quotas; its faults are among the server's. */
export function tellQuotas(provider: string, server: AuthServer): void {
  const page = PAGES[provider];
  if (page === undefined) return;
  server.answerInstead(page.path, (asked) => {
    const token = asked.headers.authorization?.replace(/^(?:Bearer|token) /, '') ?? '';
    const owner = server.families.accountOf(token);
    if (owner === undefined) return { status: 401, body: { message: 'The token is not valid.' } };
    server.faults.push(...page.faultsOf(asked, owner).map((fault) => `quota: ${fault}`));
    return { body: page.answer(USED_PERCENT[owner.id] ?? 0, owner) };
  });
}

/** What `GET /api/quotas` then shows of an account; undefined where the vendor tells none. */
export function quotaWindows(provider: string, { id }: SimulatedAccount): readonly object[] | undefined {
  return PAGES[provider]?.windows(USED_PERCENT[id] ?? 0);
}
