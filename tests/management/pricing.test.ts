import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

describe('/api/pricing', () => {
  it('sets a price, shows it per million and per thousand, and takes it back', async () => {
    const set = await server.own('PATCH', '/api/pricing', { ds: { 'my-model': { input: 2, output: 8 } } });
    expect(set.body['ds']).toMatchObject({ 'my-model': { input: 2, output: 8 } });
    await server.own('PATCH', '/api/pricing', { deepseek: { 'my-model': { cached: 0.5 } } });
    expect((await server.own('GET', '/api/pricing')).body['ds']).toMatchObject({
      'my-model': { input: 2, output: 8, cached: 0.5 },
    });
    expect((await server.own('GET', '/api/pricing?unit=1k')).body['ds']).toMatchObject({
      'my-model': { input: 0.002, output: 0.008, cached: 0.0005 },
    });
    expect((await server.own('GET', '/api/pricing/models')).body['models']).toContainEqual({
      provider: 'ds',
      model: 'my-model',
      price: { input: 2, output: 8, cached: 0.5 },
      isOwn: true,
    });
    expect((await server.own('GET', '/api/pricing/defaults')).text).not.toContain('my-model');
    const reset = await server.own('DELETE', '/api/pricing?provider=ds&model=my-model');
    expect(reset.text).not.toContain('my-model');
  });

  it('takes all prices of the data set again', async () => {
    await server.own('PATCH', '/api/pricing', { groq: { x: { input: 1, output: 1 } } });
    const { body } = await server.own('POST', '/api/pricing/import');
    expect(JSON.stringify(body)).not.toContain('groq');
    expect(body['imported']).toEqual(expect.any(Number));
  });

  it.each([
    [{ nobody: { m: { input: 1, output: 1 } } }, 404, 'nobody'],
    [{ ds: { 'new-one': { input: 1 } } }, 400, 'needs input and output'],
    [{ ds: { m: { input: -1, output: 1 } } }, 400, 'input'],
    [{ ds: { m: { input: 1, output: 1, prompt: 2 } } }, 400, 'prompt'],
  ])('%j is refused', async (body, status, words) => {
    const answer = await server.own('PATCH', '/api/pricing', body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
  });
});
