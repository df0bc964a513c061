/** A ChatGPT account: always a stream, nothing kept, nothing its own client does not send. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { objectsOf } from '../../../core/base/json.ts';
import { ACCOUNT_ID, startCodex } from '../../support/account-upstreams/codex.ts';
import { holdConversations, refusal } from '../../support/account-upstreams/conversations.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { startUpstream, type Upstream } from '../../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-codex-'));
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let upstream: AccountUpstream;
let pictures: Upstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startCodex(['at-1']);
  pictures = await startUpstream(
    (_received, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PNG),
  );
  putHosts(dataDirectory, { codex: { api: upstream.url } });
  await putLogins(dataDirectory, [{ provider: 'codex', token: 'at-1', data: { accountId: ACCOUNT_ID } }]);
  core = await startCore({ dataDirectory, isMediaAddressAllowed: () => true });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  await pictures.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  upstream.received.length = 0;
  upstream.faults.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});

const sent = (): Record<string, unknown> => upstream.received.at(-1)?.body ?? {};
const respond = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  core.post('/v1/responses', { model: 'cx/gpt-5.6-sol', input: 'Hi', ...body }, headers);

holdConversations('cx/gpt-5.6-sol', () => ({ core, upstream }));

describe('what is sent', () => {
  it('has none of the fields that are refused, whichever client named them', async () => {
    const refused = {
      ...{ temperature: 1, top_p: 0.5, max_output_tokens: 9, metadata: { a: 'b' }, user: 'u', truncation: 'auto' },
      ...{ safety_identifier: 's', service_tier: 'flex', top_logprobs: 1, prompt_cache_retention: '24h', store: true },
    };
    expect((await respond(refused)).status).toBe(200);
    const chat = { temperature: 1, frequency_penalty: 1, seed: 3, max_tokens: 9, n: 1, user: 'u' };
    const messages = [{ role: 'user', content: 'Hi' }];
    expect((await core.post('/v1/chat/completions', { model: 'cx/gpt-5.6-sol', messages, ...chat })).status).toBe(200);
    expect(upstream.faults).toEqual([]);
    const { logs } = await core.manage('GET', '/api/usage/call-logs?limit=1');
    const [{ id } = {}] = objectsOf(logs);
    const { losses } = await core.manage('GET', `/api/usage/call-logs/${String(id)}`);
    expect(losses, 'and that is told').toEqual(expect.arrayContaining(['temperature', 'max-output-tokens', 'user']));
  });

  it('keeps the priority tier and the cache key', async () => {
    await respond({ service_tier: 'priority', prompt_cache_key: 'k' });
    expect(sent()).toMatchObject({ service_tier: 'priority', prompt_cache_key: 'k' });
  });

  it.each([
    [{ model: 'cx/gpt-5.6-sol-high' }, 'high'],
    [{ model: 'cx/gpt-5.6-sol-none' }, 'none'],
    [{ model: 'cx/gpt-5.6-sol-high', reasoning: { effort: 'low', summary: 'auto' } }, 'low'],
    [{ reasoning_effort: 'xhigh' }, 'xhigh'],
    [{}, 'medium'],
  ])('takes the effort of %j as %s', async (body, effort) => {
    expect((await respond(body)).status).toBe(200);
    expect(sent()).toMatchObject({ model: 'gpt-5.6-sol', reasoning: { effort } });
  });

  it('has instructions: those of the client, its opening system text, or a sentence', async () => {
    await respond({ instructions: 'Be brief.' });
    expect(sent()['instructions']).toBe('Be brief.');
    const messages = [
      { role: 'system', content: 'Be polite.' },
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Be quick.' },
      { role: 'user', content: 'Well?' },
    ];
    await core.post('/v1/chat/completions', { model: 'cx/gpt-5.6-sol', messages });
    expect(sent()['instructions']).toBe('Be polite.');
    expect(JSON.stringify(sent()['input'])).toContain('"role":"developer"');
    await respond({ instructions: '' });
    expect(sent()['instructions']).toMatch(/\w/);
    expect(upstream.faults).toEqual([]);
  });

  it('has remote images inline', async () => {
    const image = { type: 'input_image', image_url: `${pictures.url}/a.png` };
    const response = await respond({ input: [{ role: 'user', content: [image] }] });
    expect(response.status).toBe(200);
    expect(JSON.stringify(sent()['input'])).toContain(`data:image/png;base64,${PNG.toString('base64')}`);
    expect(upstream.faults).toEqual([]);
  });

  it('keeps what Codex says of itself', async () => {
    const own = {
      'user-agent': 'codex_cli_rs/0.162.1 (Linux)',
      originator: 'codex_cli_rs',
      version: '0.162.1',
      session_id: 's',
    };
    expect((await respond({}, own)).status).toBe(200);
    expect(upstream.received[0]?.headers).toMatchObject(own);
    await respond({}, { 'user-agent': 'other/1', originator: 'other' });
    expect(upstream.received[1]?.headers['originator']).toBe('omniroute');
  });
});

describe('compaction', () => {
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }];

  it.each(['/v1/responses/compact', '/responses/compact'])('%s is the provider’s, byte for byte', async (path) => {
    const response = await core.post(path, { model: 'cx/gpt-5.6-sol-high', instructions: 'Be brief.', input });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      output: [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'sealed' }],
    });
    expect(upstream.faults).toEqual([]);
    expect(sent()).toEqual({ model: 'gpt-5.6-sol', instructions: 'Be brief.', input });
  });

  it('is recorded with what came from the cache, which costs less', async () => {
    await core.post('/v1/responses/compact', { model: 'cx/gpt-5.6-sol', input });
    const { logs } = await core.manage('GET', '/api/usage/call-logs?limit=1');
    expect(logs).toEqual([expect.objectContaining({ tokensIn: 900, tokensCached: 800, tokensOut: 40 })]);
  });

  it('is refused with a sentence where the provider has none', async () => {
    await core.addNode({ prefix: 'plain', baseUrl: `${pictures.url}/v1` });
    const { status, message } = await refusal(await core.post('/v1/responses/compact', { model: 'plain/m', input }));
    expect(status).toBe(400);
    expect(message).toContain('compacts no conversations');
  });
});

describe('what goes wrong', () => {
  it.each(['previous_response_id', 'conversation'])('%s cannot work, and it is said why', async (name) => {
    const { status, message } = await refusal(await respond({ [name]: 'resp_1' }));
    expect(status).toBe(400);
    expect(message).toContain('Send the whole conversation in input instead');
    expect(upstream.received).toEqual([]);
  });

  it('a used up plan rests the account until its reset', async () => {
    const error = {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: 'plus',
      resets_in_seconds: 3_600,
    };
    upstream.refuseOnce(429, { error });
    const response = await respond({});
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect((await respond({})).status).toBe(429);
    expect(upstream.received).toHaveLength(1);
  });

  it("a model of other plans is told as that, in the vendor's words and ours", async () => {
    const detail = "The 'gpt-6' model is not supported when using Codex with a ChatGPT account.";
    upstream.refuseOnce(400, { detail });
    const { status, message } = await refusal(await respond({ model: 'cx/gpt-6' }));
    expect(status).toBe(404);
    expect(message).toContain(detail);
    expect(message).toContain('Choose another model');
  });
});
