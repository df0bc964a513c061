import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
let apiKeyId: string;
beforeAll(async () => {
  server = await startManagement();
  apiKeyId = asString((await server.own('POST', '/api/keys', { name: 'work' })).body['id']) ?? '';
});
afterAll(() => server.stop());

describe('/api/usage/budget', () => {
  it('takes the original body and the guide’s, and gives back what holds', async () => {
    const first = await server.own('POST', '/api/usage/budget', { apiKeyId, dailyLimitUsd: 5, monthlyLimitUsd: 50 });
    expect([first.status, first.body]).toEqual([
      200,
      {
        success: true,
        apiKeyId,
        dailyLimitUsd: 5,
        weeklyLimitUsd: null,
        monthlyLimitUsd: 50,
        warningThreshold: 0.8,
      },
    ]);
    const second = await server.own('POST', '/api/usage/budget', { keyId: apiKeyId, limit: 20, period: 'weekly' });
    expect(second.body).toMatchObject({ dailyLimitUsd: 5, weeklyLimitUsd: 20, monthlyLimitUsd: 50 });
    const third = await server.own('POST', '/api/usage/budget', { apiKeyId, dailyLimitUsd: 0 });
    expect(third.body).toMatchObject({ dailyLimitUsd: null, weeklyLimitUsd: 20 });
  });

  it('tells one key or all', async () => {
    const one = await server.own('GET', `/api/usage/budget?apiKeyId=${apiKeyId}`);
    expect(one.body).toMatchObject({ apiKeyId, dailyTotal: 0, budgetCheck: { allowed: true, warningReached: false } });
    const all = await server.own('GET', '/api/usage/budget');
    expect(all.body['budgets']).toEqual([one.body]);
  });

  it('refuses what it cannot mean', async () => {
    expect((await server.own('POST', '/api/usage/budget', { apiKeyId: 'nobody', dailyLimitUsd: 1 })).status).toBe(404);
    expect((await server.own('POST', '/api/usage/budget', { apiKeyId, dailyLimitUsd: -1 })).status).toBe(400);
    expect((await server.own('POST', '/api/usage/budget', { apiKeyId, dailyLimit: 1 })).status).toBe(400);
  });

  it('takes a budget away', async () => {
    await server.own('DELETE', `/api/usage/budget?apiKeyId=${apiKeyId}`);
    const { body } = await server.own('GET', `/api/usage/budget?apiKeyId=${apiKeyId}`);
    expect(asObject(body)?.['budget']).toBeNull();
  });
});
