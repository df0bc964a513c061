import { describe, expect, it } from 'vitest';
import { OmniError } from '../../core/base/errors.ts';
import { silentLog } from '../../core/base/log.ts';
import { Secret } from '../../core/base/secret.ts';
import { readEnvironment } from '../../core/policy/environment.ts';
import { isExcepted } from '../../core/policy/no-proxy.ts';
import { createProxies, type Proxies, parseProxyUrl } from '../../core/policy/proxies.ts';
import { memoryKeyValues } from '../support/memory-store.ts';
import { memoryVault } from '../support/memory-vault.ts';

const proxy = (host: string) => ({ type: 'http', host, port: 8080 }) as const;

describe('precedence', () => {
  const environment = readEnvironment({ HTTPS_PROXY: 'http://env:1', NO_PROXY: 'internal.example' }).proxies;
  const proxies = createProxies({ keyValues: memoryKeyValues(), vault: memoryVault(), environment, log: silentLog });
  const scope = { connectionId: 'c', comboNames: ['team'], providerId: 'p', origin: 'https://api.example' };
  const hostFor = (change: object = {}): string | undefined => proxies.proxyFor({ ...scope, ...change })?.proxy.host;

  it('connection, combo, provider, global, environment', () => {
    expect(hostFor()).toBe('env');
    proxies.set('global', '', proxy('global'));
    expect(hostFor()).toBe('global');
    proxies.set('provider', 'p', proxy('provider'));
    expect(hostFor()).toBe('provider');
    proxies.set('combo', 'team', proxy('combo'));
    expect(hostFor()).toBe('combo');
    proxies.set('key', 'c', proxy('key'));
    expect(hostFor()).toBe('key');
    expect(hostFor({ connectionId: 'other' })).toBe('combo');
    expect(hostFor({ connectionId: 'other', comboNames: undefined })).toBe('provider');
    expect(hostFor({ connectionId: 'other', comboNames: ['within', 'team'] })).toBe('combo');
    proxies.set('combo', 'within', proxy('within'));
    expect(hostFor({ connectionId: 'other', comboNames: ['within', 'team'] })).toBe('within');
  });

  it('the environment’s proxy is not for this machine, nor for what NO_PROXY names; one that is set is for all', () => {
    expect(hostFor({ connectionId: 'x', comboNames: ['x'], providerId: 'x', origin: 'http://127.0.0.1:1' })).toBe(
      'global',
    );
    proxies.remove('global', '');
    for (const origin of ['http://127.0.0.1:1', 'https://localhost', 'https://[::1]:2', 'https://api.internal.example'])
      expect(hostFor({ connectionId: 'x', comboNames: ['x'], providerId: 'x', origin })).toBeUndefined();
  });
});

it('tells what is still in use after each change, the environment’s among it', () => {
  const environment = readEnvironment({ HTTPS_PROXY: 'http://env:1' }).proxies;
  const seen: string[][] = [];
  const proxies: Proxies = createProxies({
    ...{ keyValues: memoryKeyValues(), vault: memoryVault(), environment, log: silentLog },
    onChange: () => seen.push(proxies.inUse().map(({ host }) => host)),
  });
  proxies.set('global', '', proxy('one'));
  proxies.set('global', '', proxy('two'));
  proxies.remove('global', '');
  proxies.remove('global', '');
  expect(seen).toEqual([['one', 'env'], ['two', 'env'], ['env']]);
});

it('pitfall 36: a stored proxy that cannot be read keeps its level shut', () => {
  const keyValues = memoryKeyValues();
  keyValues.set('proxyConfig', 'global/', { type: 'ftp', host: 'box', port: 1 });
  const proxies = createProxies({ keyValues, vault: memoryVault(), environment: { except: '' }, log: silentLog });
  expect(proxies.proxyFor({ origin: 'https://api.example' })?.proxy).toMatchObject({ port: 0 });
});

it('a proxy whose password the vault held back is used once the vault is open', () => {
  const keyValues = memoryKeyValues();
  const vault = memoryVault();
  const before = createProxies({ keyValues, vault, environment: { except: '' }, log: silentLog });
  before.set('global', '', { ...proxy('box'), username: 'me', password: new Secret('secret') });
  let isLocked = true;
  const proxies = createProxies({
    ...{ keyValues, environment: { except: '' }, log: silentLog },
    vault: {
      ...vault,
      open(sealed, place) {
        if (isLocked) throw new OmniError('vault_closed', 'Locked.');
        return vault.open(sealed, place);
      },
    },
  });
  const inForce = () => proxies.proxyFor({ origin: 'https://api.example' })?.proxy;
  expect(inForce()).toMatchObject({ port: 0 });
  isLocked = false;
  expect(inForce()).toMatchObject({ host: 'box', port: 8080 });
  expect(inForce()?.password?.reveal()).toBe('secret');
  expect(proxies.list()).toMatchObject([{ level: 'global', proxy: { host: 'box' } }]);
});

describe('NO_PROXY', () => {
  it.each([
    ['api.example.com', 443, 'example.com', true],
    ['api.example.com', 443, '.example.com', true],
    ['api.example.com', 443, '*.example.com', true],
    ['example.com', 443, '.example.com', true],
    ['notexample.com', 443, 'example.com', false],
    ['api.example.com', 443, 'other.com, EXAMPLE.com', true],
    ['api.example.com', 443, 'other.com  example.com', true],
    ['api.example.com', 443, 'example.com:8443', false],
    ['api.example.com', 8_443, 'example.com:8443', true],
    ['10.1.2.3', 80, '10.0.0.0/8', true],
    ['11.1.2.3', 80, '10.0.0.0/8', false],
    ['10.1.2.3', 80, '10.1.2.3', true],
    ['fd00::1', 80, '[fd00::1]', true],
    ['fd00::1', 80, 'fd00::1', true],
    ['fd00::1', 80, 'FD00:0:0:0::0001', true],
    ['fd00::1', 80, '[fd00:0::1]:80', true],
    ['fd00::1', 443, '[fd00::1]:80', false],
    ['fd00::1', 80, 'fd00::/8', true],
    ['fe00::1', 80, 'fd00::/8', false],
    ['::ffff:10.1.2.3', 80, '10.0.0.0/8', true],
    ['10.1.2.3', 80, '::ffff:10.1.2.3', true],
    ['10.1.2.3', 80, '10.1.*', true],
    ['10.1.2.3', 80, '2.3', false],
    ['10.1.2.3', 80, '10.1.2.3:8080', false],
    ['10.1.2.3', 80, '10.0.0.0/99', false],
    ['example.com', 80, 'fd00::/8', false],
    ['example.com.', 80, 'example.com', true],
    ['eu.api.example.com', 80, '*.api.example.com', true],
    ['api-7.example.com', 80, 'api-*.example.com', true],
    ['anything', 80, '*', true],
    ['anything', 80, '', false],
    ['10.1.2.3', 80, '::ffff:10.0.0.0/104', true],
  ])('%s:%s and "%s": %s', (host, port, except, expected) => {
    expect(isExcepted(host, port, except)).toBe(expected);
  });
});

describe('a proxy’s URL', () => {
  it('is taken apart', () => {
    expect(parseProxyUrl('http://me:p%40ss@box:3128', 'HTTP_PROXY')).toMatchObject({
      type: 'http',
      host: 'box',
      port: 3128,
      username: 'me',
    });
    expect(parseProxyUrl('http://me:p%40ss@box:3128', 'X').password?.reveal()).toBe('p@ss');
    expect(parseProxyUrl('socks5h://box', 'X')).toEqual({ type: 'socks5', host: 'box', port: 1080 });
    expect(parseProxyUrl('box:8080', 'X')).toEqual({ type: 'http', host: 'box', port: 8080 });
  });

  it('takes a bare percent sign for what it is', () => {
    const { username, password } = parseProxyUrl('http://m%65:50%off@box:3128', 'HTTP_PROXY');
    expect([username, password?.reveal()]).toEqual(['me', '50%off']);
  });

  it.each(['ftp://box', 'http://', '://'])('%s is named by its variable', (text) => {
    expect(() => parseProxyUrl(text, 'HTTPS_PROXY')).toThrow(/HTTPS_PROXY/);
  });
});
