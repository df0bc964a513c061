/** `/api/models/alias/test`: what a name stands for, in the order in which routing looks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await startCore();
  await core.addNode({ prefix: 'up', baseUrl: 'http://127.0.0.1:9/v1' });
  await core.manage('POST', '/api/combos', { name: 'always-on', models: ['up/m'], strategy: 'priority' });
  const aliases = { 'gpt-*': 'up/any', 'gpt-5*': 'up/five', 'gpt-5-mini': 'up/mini', 'always-*': 'up/never' };
  for (const [alias, model] of Object.entries(aliases)) await core.manage('PUT', '/api/models/alias', { alias, model });
});
afterAll(() => core.stop());

it.each([
  ['gpt-5-mini', { meaning: 'alias', target: 'up/mini' }],
  ['gpt-5-pro', { meaning: 'alias', target: 'up/five' }],
  ['GPT-4o', { meaning: 'alias', target: 'up/any' }],
  ['always-on', { meaning: 'combo' }],
  ['up/gpt-5', { meaning: 'provider' }],
  ['claude-x', { meaning: 'name' }],
])('%s', async (model, meaning) => {
  expect(await core.manage('GET', `/api/models/alias/test?model=${encodeURIComponent(model)}`)).toEqual(meaning);
});
