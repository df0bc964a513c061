import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/base/secret.ts';
import { NOW_MS } from '../store/temporary-store.ts';
import { temporaryAccounts } from './temporary-accounts.ts';
import { provider, upstream } from './upstream.ts';

const nowhere = 'http://127.0.0.1:9';
const key = new Secret('sk-live-0123456789');

function openai() {
  return temporaryAccounts([
    provider('openai', nowhere),
    provider('anthropic', nowhere),
    provider('ollama', nowhere, { key: 'optional' }),
  ]);
}

describe('create', () => {
  it('seals the key, shows everything but it, and takes the next priority', () => {
    const { accounts, store, changes } = openai();
    const first = accounts.create({ provider: 'openai', apiKey: key, name: ' Work ' });
    expect(first).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{24}$/),
      provider: 'openai',
      authType: 'apikey',
      name: 'Work',
      priority: 1,
      isActive: true,
      hasApiKey: true,
      testStatus: 'unknown',
      createdAtMs: NOW_MS,
      updatedAtMs: NOW_MS,
    });
    expect(accounts.create({ provider: 'openai', apiKey: key, name: 'a', priority: 7 }).priority).toBe(7);
    expect(accounts.create({ provider: 'openai', apiKey: key, name: 'b' }).priority).toBe(8);
    expect(accounts.create({ provider: 'anthropic', apiKey: key, name: 'b' }).priority).toBe(1);
    expect(accounts.get(first.id)).toEqual(first);
    expect(accounts.list()).toHaveLength(4);
    expect(store.connections.get(first.id)?.sealedApiKey).toMatch(/^enc:v2:/);
    expect(JSON.stringify([store.connections.list(), accounts.list()])).not.toContain('sk-live');
    expect(changes()).toBe(4);
  });

  it('works without a key where the provider needs none', () => {
    const { accounts } = openai();
    expect(accounts.create({ provider: 'ollama', name: 'Local' }).hasApiKey).toBe(false);
    expect(accounts.create({ provider: 'ollama', name: 'Empty', apiKey: new Secret(' ') }).hasApiKey).toBe(false);
    expect(accounts.open()[0]).not.toHaveProperty('key');
  });

  it.each([
    ['an unknown provider', { provider: 'nobody', apiKey: key, name: 'x' }, 'provider', 'no provider or custom node'],
    [
      'no key',
      { provider: 'openai', name: 'x' },
      'apiKey',
      'Acme needs an API key. It is made at https://acme.example',
    ],
    [
      'a key with a line break',
      { provider: 'openai', apiKey: new Secret('a\nb'), name: 'x' },
      'apiKey',
      'Copy it again',
    ],
    ['a masked key', { provider: 'openai', apiKey: new Secret('sk-a***z'), name: 'x' }, 'apiKey', 'a masked API key'],
    ['no name', { provider: 'openai', apiKey: key, name: ' ' }, 'name', '1 to 200 characters'],
    ['a priority of none', { provider: 'openai', apiKey: key, name: 'x', priority: 0 }, 'priority', 'whole number'],
  ])('refuses %s', (_, account, path, message) => {
    const { accounts, changes } = openai();
    expect(() => accounts.create(account)).toThrow(
      expect.objectContaining({ code: 'invalid_request', path, message: expect.stringContaining(message) }),
    );
    expect([accounts.list().length, changes()]).toEqual([0, 0]);
  });

  it('refuses a name in use at the same provider, in whatever case', () => {
    const { accounts } = openai();
    accounts.create({ provider: 'openai', apiKey: key, name: 'Work' });
    expect(() => accounts.create({ provider: 'openai', apiKey: key, name: 'work' })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: 'name' }),
    );
    expect(accounts.create({ provider: 'anthropic', apiKey: key, name: 'Work' }).name).toBe('Work');
  });
});

describe('update and remove', () => {
  it('change what is named, clear the default model with null, and keep a name of its own', () => {
    const { accounts, changes } = openai();
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work', defaultModel: 'm' });
    accounts.create({ provider: 'openai', apiKey: key, name: 'Home' });
    expect(accounts.update(id, { isActive: false, priority: 4 })).toMatchObject({ isActive: false, priority: 4 });
    expect(accounts.update(id, { name: 'WORK' })).toMatchObject({ name: 'WORK', defaultModel: 'm' });
    expect(accounts.update(id, { defaultModel: null })).not.toHaveProperty('defaultModel');
    expect(() => accounts.update(id, { name: 'Home' })).toThrow(expect.objectContaining({ path: 'name' }));
    expect(() => accounts.update('nobody', {})).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect([accounts.remove(id), accounts.remove(id)]).toEqual([true, false]);
    expect(changes()).toBe(6);
  });

  it('a new key is sealed and nothing is known of it; an empty one changes nothing', () => {
    const { accounts, store } = openai();
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work' });
    store.connections.update(id, { testStatus: 'error', lastError: 'old', lastErrorAtMs: 1 });
    accounts.update(id, { apiKey: new Secret('') });
    expect(accounts.open()[0]?.key?.reveal()).toBe(key.reveal());
    const view = accounts.update(id, { apiKey: new Secret(' sk-new ') });
    expect(view.testStatus).toBe('unknown');
    expect(view).not.toHaveProperty('lastError');
    expect(accounts.open()[0]?.key?.reveal()).toBe('sk-new');
  });
});

describe('open', () => {
  it('gives every account with its key, and leaves out one that was moved or altered', () => {
    const { accounts, store, log } = openai();
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work', defaultModel: 'm' });
    const other = accounts.create({ provider: 'openai', apiKey: new Secret('sk-2'), name: 'Home' });
    accounts.update(other.id, { isActive: false });
    expect(accounts.open()).toEqual([
      { id, provider: 'openai', name: 'Work', priority: 1, isActive: true, defaultModel: 'm', key },
      { id: other.id, provider: 'openai', name: 'Home', priority: 2, isActive: false, key: expect.any(Secret) },
    ]);
    store.connections.update(other.id, { sealedApiKey: store.connections.get(id)?.sealedApiKey });
    expect(accounts.open().map((account) => account.id)).toEqual([id]);
    expect(log.lines[0]?.text).toContain('moved from another place');
  });
});

describe('test', () => {
  it('keeps what came out with the connection', async () => {
    let status = 401;
    const { origin } = await upstream(() => ({ status, body: { data: [{ id: 'm' }] } }));
    const { accounts, changes } = temporaryAccounts([provider('openai', origin)]);
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work' });
    expect(await accounts.test(id)).toEqual({
      valid: false,
      statusCode: 401,
      latencyMs: expect.any(Number),
      error: expect.stringContaining('Acme refused the API key (401)'),
    });
    expect(accounts.get(id)).toMatchObject({
      testStatus: 'error',
      lastError: expect.stringContaining('Acme refused'),
      lastErrorAtMs: NOW_MS,
      lastTestedAtMs: NOW_MS,
    });
    status = 500;
    expect(await accounts.test(id)).toMatchObject({ valid: false, statusCode: 500 });
    expect(accounts.get(id)?.testStatus).toBe('unavailable');
    status = 200;
    const local = provider('openai', origin, { key: 'optional' });
    expect(await temporaryAccounts([local]).accounts.validate('openai', key)).toMatchObject({ valid: true });
    expect(await accounts.test(id)).toEqual({ valid: true, statusCode: 200, latencyMs: expect.any(Number) });
    expect(accounts.get(id)).toMatchObject({ testStatus: 'active', lastTestedAtMs: NOW_MS });
    expect(accounts.get(id)).not.toHaveProperty('lastError');
    expect(changes()).toBe(1);
  });

  it('says nothing about a key that was put in meanwhile, nor about an account that is gone', async () => {
    let meanwhile: (() => unknown) | undefined;
    const { origin } = await upstream(() => {
      meanwhile?.();
      return { status: 401 };
    });
    const { accounts } = temporaryAccounts([provider('openai', origin)]);
    const { id } = accounts.create({ provider: 'openai', apiKey: key, name: 'Work' });
    meanwhile = () => accounts.update(id, { apiKey: new Secret('sk-new') });
    expect(await accounts.test(id)).toMatchObject({ valid: false });
    expect(accounts.get(id)?.testStatus).toBe('unknown');
    meanwhile = () => accounts.remove(id);
    expect(await accounts.test(id)).toMatchObject({ valid: false });
    await expect(accounts.test(id)).rejects.toMatchObject({ code: 'not_found' });
  });
});
