/** What a model's name stands for, in the order in which routing looks, and which names can be used right now. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { sendJson, startUpstream } from '../support/upstream.ts';

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

it('tells what can be used right now: endpoints are asked for their models, and one that fails is left out', async () => {
  const upstream = await startUpstream(({ path }, response) => {
    if (path === '/v1/models') sendJson(response, { data: [{ id: 'local-1' }, { id: 'local-2' }] });
    else sendJson(response, { error: { message: 'It is down.' } }, 500);
  });
  const own = await startCore();
  try {
    await own.addNode({ prefix: 'here', baseUrl: `${upstream.url}/v1` });
    await own.addNode({ prefix: 'failing', baseUrl: `${upstream.url}/failing/v1` });
    await own.addNode({ prefix: 'gone', baseUrl: 'http://127.0.0.1:9/v1' });
    await own.manage('POST', '/api/combos', { name: 'always-on', models: ['here/local-1'], strategy: 'priority' });
    await own.manage('PUT', '/api/models/alias', { alias: 'mine', model: 'here/local-1' });
    expect(await own.manage('GET', '/api/models/usable')).toEqual({
      models: ['always-on', 'here/local-1', 'here/local-2'],
    });
  } finally {
    await own.stop();
    await upstream.close();
  }
});
