import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { type ApiKeys, createApiKeys, isKeyRequired } from '../../core/policy/api-keys.ts';
import { presentedKeys } from '../../core/policy/presented-keys.ts';
import { memoryStore } from '../support/memory-store.ts';
import { memoryVault } from '../support/memory-vault.ts';
import { testClock } from '../support/test-clock.ts';

function setUp() {
  const store = memoryStore();
  const clock = testClock();
  const deferred: (() => void)[] = [];
  const hashKey = () => memoryVault().derive('api-key');
  const keys = createApiKeys({ store, hashKey, clock, log: silentLog, defer: (work) => void deferred.push(work) });
  return { store, clock, keys, deferred, flush: () => deferred.splice(0).forEach((work) => void work()) };
}

function call(
  keys: ApiKeys,
  headers: Record<string, string>,
  need: { scope?: 'inference' | 'management'; isKeyRequired?: boolean; url?: string } = {},
) {
  const { scope = 'inference', isKeyRequired: isRequired = false, url = '/v1/models' } = need;
  return keys.authorize({ headers, url }, { scope, isKeyRequired: isRequired });
}

const failure = (code: string) => expect.objectContaining({ code });

describe('keys', () => {
  it('are shown once and stored as a hash only', () => {
    const { keys, store } = setUp();
    const { key, view } = keys.create({ name: 'laptop' });
    expect(key.reveal()).toMatch(/^sk-omr-[A-Za-z0-9]{40}$/);
    expect(view).toMatchObject({ name: 'laptop', hint: key.reveal().slice(-4), scopes: ['inference'], isActive: true });
    const stored = JSON.stringify([store.apiKeys.list(), keys.list()]);
    expect(stored).not.toContain(key.reveal());
    expect(stored).toMatch(/"keyHash":"[0-9a-f]{64}"/);
    expect(JSON.stringify(keys.list())).not.toContain('keyHash');
  });

  it('differ each time', () => {
    const { keys } = setUp();
    const made = Array.from({ length: 50 }, (_, index) => keys.create({ name: `${index}` }).key.reveal());
    expect(new Set(made).size).toBe(50);
  });

  it('of another installation are unknown: the hash has its secret', () => {
    const { store, clock, keys } = setUp();
    const { key } = keys.create({ name: 'laptop' });
    const other = createApiKeys({ store, hashKey: () => memoryVault().derive('other'), clock, log: silentLog });
    expect(() => call(other, { 'x-api-key': key.reveal() })).toThrow(failure('invalid_api_key'));
  });
});

describe('authorize', () => {
  it.each([
    ['Authorization: Bearer', (key: string) => ({ headers: { authorization: `Bearer ${key}` }, url: '/' })],
    ['bearer in lower case', (key: string) => ({ headers: { authorization: `bearer  ${key} ` }, url: '/' })],
    ['x-api-key', (key: string) => ({ headers: { 'x-api-key': key }, url: '/' })],
    ['x-goog-api-key', (key: string) => ({ headers: { 'x-goog-api-key': key }, url: '/' })],
    ['?key=', (key: string) => ({ headers: {}, url: `/v1beta/models?alt=sse&key=${key}` })],
    [
      'a placeholder beside the real key',
      (key: string) => ({ headers: { authorization: 'Bearer placeholder', 'x-api-key': key }, url: '/' }),
    ],
  ])('takes the key from %s', (_name, request) => {
    const { keys } = setUp();
    const { key, view } = keys.create({ name: 'laptop' });
    const { headers, url } = request(key.reveal());
    expect(call(keys, headers, { url, isKeyRequired: true })).toMatchObject({
      apiKeyId: view.id,
      apiKeyName: 'laptop',
    });
  });

  it('where a key is needed, none and an unknown one are told apart', () => {
    const { keys } = setUp();
    expect(() => call(keys, {}, { isKeyRequired: true })).toThrow(failure('missing_api_key'));
    expect(() => call(keys, { authorization: 'Basic abc' }, { isKeyRequired: true })).toThrow(
      failure('missing_api_key'),
    );
    expect(() => call(keys, { 'x-api-key': 'sk-dummy' }, { isKeyRequired: true })).toThrow(failure('invalid_api_key'));
  });

  it('where none is needed, the placeholder of a tool is accepted as nobody', () => {
    const { keys } = setUp();
    const caller = call(keys, { authorization: 'Bearer sk-dummy' });
    expect(caller.apiKeyId).toBeUndefined();
    expect(caller.allows('any/model')).toBe(true);
  });

  it('a revoked key of ours is refused even there, switched off or removed', () => {
    const { keys } = setUp();
    const off = keys.create({ name: 'off' });
    const gone = keys.create({ name: 'gone' });
    keys.update(off.view.id, { isActive: false });
    expect(keys.remove(gone.view.id)).toBe(true);
    expect(keys.remove(gone.view.id)).toBe(false);
    for (const { key } of [off, gone]) {
      expect(() => call(keys, { authorization: `Bearer ${key.reveal()}` })).toThrow(failure('invalid_api_key'));
    }
    keys.update(off.view.id, { isActive: true });
    expect(call(keys, { authorization: `Bearer ${off.key.reveal()}` }).apiKeyName).toBe('off');
  });

  it('a key opens what its scopes name and nothing else', () => {
    const { keys } = setUp();
    const inference = keys.create({ name: 'a' }).key.reveal();
    const management = keys.create({ name: 'b', scopes: ['management'] }).key.reveal();
    expect(() => call(keys, { 'x-api-key': inference }, { scope: 'management', isKeyRequired: true })).toThrow(
      failure('permission_denied'),
    );
    expect(() => call(keys, { 'x-api-key': management })).toThrow(failure('permission_denied'));
    expect(call(keys, { 'x-api-key': management }, { scope: 'management' }).apiKeyName).toBe('b');
  });

  it('allowed models are globs over model strings; none means all', () => {
    const { keys } = setUp();
    const { key } = keys.create({ name: 'a', allowedModels: ['ds/*', 'openai/gpt-5', 'claude-*-4?5'] });
    const caller = call(keys, { 'x-api-key': key.reveal() });
    const asked = ['ds/deepseek-chat', 'openai/gpt-5', 'claude-sonnet-4.5', 'openai/gpt-5-mini', 'xai/grok-4'];
    expect(asked.map((model) => caller.allows(model))).toEqual([true, true, true, false, false]);
    const all = keys.create({ name: 'b' }).key.reveal();
    expect(call(keys, { 'x-api-key': all }).allows('xai/grok-4')).toBe(true);
  });

  it('the last use is noted at most once a minute, after the request', () => {
    const { keys, store, clock, deferred, flush } = setUp();
    const { key, view } = keys.create({ name: 'a' });
    const startMs = clock.nowMs();
    call(keys, { 'x-api-key': key.reveal() });
    expect(store.apiKeys.get(view.id)?.lastUsedAtMs).toBeUndefined();
    flush();
    expect(store.apiKeys.get(view.id)?.lastUsedAtMs).toBe(startMs);
    clock.advance(59_000);
    call(keys, { 'x-api-key': key.reveal() });
    expect(deferred).toHaveLength(0);
    clock.advance(1_000);
    call(keys, { 'x-api-key': key.reveal() });
    flush();
    expect(store.apiKeys.get(view.id)?.lastUsedAtMs).toBe(startMs + 60_000);
  });

  it('a key removed before its use is noted stops nothing', () => {
    const { keys, flush, store } = setUp();
    const { key, view } = keys.create({ name: 'a' });
    call(keys, { 'x-api-key': key.reveal() });
    keys.remove(view.id);
    flush();
    expect(store.apiKeys.list()).toEqual([]);
  });
});

describe('REQUIRE_API_KEY', () => {
  it.each([
    [null, true, true, false],
    [null, false, true, true],
    [null, true, false, true],
    [true, true, true, true],
    [false, false, false, false],
  ])('set to %s, local %s, loopback listener %s: needed %s', (setting, isLocal, isLoopbackListener, expected) => {
    expect(isKeyRequired(setting, { isLocal, isLoopbackListener })).toBe(expected);
  });
});

describe('presented keys', () => {
  it('empty ones and monsters are nobody’s', () => {
    expect(presentedKeys({ authorization: 'Bearer ', 'x-api-key': ' ' }, '/?key=')).toEqual([]);
    expect(presentedKeys({ 'x-api-key': 'a'.repeat(513) }, undefined)).toEqual([]);
    expect(presentedKeys({ 'x-api-key': 'a', 'x-goog-api-key': 'a' }, '/x?monkey=b')).toEqual(['a']);
  });
});
