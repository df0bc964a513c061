import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
});
afterAll(() => core.stop());

describe('the providers that can be connected', () => {
  it('are the rows and the custom endpoints, with how each is connected', async () => {
    await core.addNode({ prefix: 'mine', baseUrl: 'http://127.0.0.1:9/v1' });
    const providers = asArray((await core.manage('GET', '/api/known-providers'))['providers']).map(
      (one) => asObject(one) ?? {},
    );
    const by = (alias: string) => providers.find((one) => one['alias'] === alias);
    expect(by('ds')).toMatchObject({
      name: 'DeepSeek',
      tier: 'api-key',
      takesKey: true,
      needsKey: true,
      hasLogin: false,
    });
    expect(by('cc')).toMatchObject({
      tier: 'subscription',
      hasLogin: true,
      terms: { url: expect.stringMatching(/^https:/) },
    });
    expect(by('ollama')).toMatchObject({ tier: 'local', needsKey: false });
    expect(by('mine')).toMatchObject({ custom: true, tier: 'own', baseUrl: 'http://127.0.0.1:9/v1', takesKey: true });
    expect(new Set(providers.map((one) => one['id'])).size).toBe(providers.length);
  });
});
