import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Log } from '../../core/base/log.ts';
import { silentLog } from '../../core/base/log.ts';
import { readEnvironment } from '../../core/policy/environment.ts';
import { DEFAULT_SETTINGS, SETTINGS_SHAPE } from '../../core/policy/settings.ts';
import { createSettings } from '../../core/policy/settings-service.ts';
import { memoryKeyValues } from '../support/memory-store.ts';

describe('settings', () => {
  it('have defaults, and keep what was changed', () => {
    const keyValues = memoryKeyValues();
    const settings = createSettings({ keyValues, overrides: {}, log: silentLog });
    expect(settings.current()).toEqual(DEFAULT_SETTINGS);
    expect(settings.current()).toMatchObject({
      requireApiKey: null,
      maxBodyBytes: 67_108_864,
      retentionDays: 90,
      fallbackStrategy: 'fill-first',
    });
    settings.change({ retentionDays: 7, allowedHosts: ['box.example'] });
    const again = createSettings({ keyValues, overrides: {}, log: silentLog });
    expect(again.current()).toMatchObject({
      retentionDays: 7,
      allowedHosts: ['box.example'],
      maxBodyBytes: 67_108_864,
    });
    expect(keyValues.entries('settings')).toEqual([
      ['allowedHosts', ['box.example']],
      ['retentionDays', 7],
    ]);
  });

  it('what the environment sets wins and cannot be changed', () => {
    const keyValues = memoryKeyValues();
    keyValues.set('settings', 'requireApiKey', false);
    const settings = createSettings({ keyValues, overrides: { requireApiKey: true }, log: silentLog });
    expect(settings.current().requireApiKey).toBe(true);
    expect(settings.pinned()).toEqual(['requireApiKey']);
    expect(() => settings.change({ requireApiKey: false })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: 'requireApiKey' }),
    );
    expect(settings.change({ requireApiKey: true, theme: 'dark' }).theme).toBe('dark');
    expect(keyValues.get('settings', 'requireApiKey')).toBe(false);
  });

  it('a stored value that is not valid any more falls back and is logged', () => {
    const keyValues = memoryKeyValues();
    keyValues.set('settings', 'retentionDays', -3);
    keyValues.set('settings', 'requireLogin', false);
    keyValues.set('settings', 'fromTheFuture', 1);
    const warned: unknown[] = [];
    const log: Log = { ...silentLog, warn: (_message, fields) => void warned.push(fields?.['setting']) };
    expect(createSettings({ keyValues, overrides: {}, log }).current()).toEqual(DEFAULT_SETTINGS);
    expect(warned).toEqual(['requireLogin', 'retentionDays']);
  });

  it('are read again after an import', () => {
    const keyValues = memoryKeyValues();
    const settings = createSettings({ keyValues, overrides: {}, log: silentLog });
    keyValues.set('settings', 'theme', 'light');
    expect(settings.current().theme).toBe('system');
    settings.reload();
    expect(settings.current().theme).toBe('light');
  });
});

describe('environment', () => {
  it('empty is absent', () => {
    expect(readEnvironment({ PORT: '', DATA_DIR: ' ', JWT_SECRET: undefined })).toEqual({
      isCookieSecure: false,
      isProduction: false,
      logLevel: 'info',
      proxies: { except: '' },
      oauthClients: {},
      searchPath: [],
      machine: { platform: process.platform, homeDirectory: homedir(), env: {} },
      settings: {},
      warnings: [],
    });
  });

  it('values are typed, and secrets do not print', () => {
    const read = readEnvironment({
      PORT: '0',
      HOSTNAME: '0.0.0.0',
      BASE_URL: 'https://omni.example/',
      DATA_DIR: '/data',
      JWT_SECRET: 'jwt-secret-of-the-test',
      API_KEY_SECRET: 'api-secret-of-the-test',
      INITIAL_PASSWORD: 'password of the test',
      OMNIROUTE_MASTER_KEY: 'master key of the test',
      AUTH_COOKIE_SECURE: 'true',
      REQUIRE_API_KEY: '0',
      NODE_ENV: 'production',
      MAX_BODY_SIZE_BYTES: '1048576',
      ALLOWED_HOSTS: 'a.example, b.example:1',
    });
    expect(read).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      baseUrl: 'https://omni.example',
      dataDirectory: '/data',
      isCookieSecure: true,
      isProduction: true,
      settings: { requireApiKey: false, maxBodyBytes: 1_048_576, allowedHosts: ['a.example', 'b.example:1'] },
    });
    expect(read.initialPassword?.reveal()).toBe('password of the test');
    expect(JSON.stringify(read)).not.toContain('of the test');
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '1e3'],
    ['REQUIRE_API_KEY', 'maybe'],
    ['BASE_URL', 'localhost:20128'],
    ['JWT_SECRET', 'short'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s stops the start and is named', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path: name }),
    );
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });

  it("HOSTNAME as a shell or a container sets it is the machine's name, and opens nothing", () => {
    const read = readEnvironment({ HOSTNAME: '3f2a9c' });
    expect(read.host).toBeUndefined();
    expect(read.warnings).toHaveLength(1);
    expect(readEnvironment({ HOSTNAME: '::' }).host).toBe('::');
    expect(readEnvironment({ HOSTNAME: '[::1]' }).host).toBe('::1');
  });

  it('allowed origins are compared as browsers send them', () => {
    const written = 'https://App.example/, https://b.example:443, http://c.example:8080, vscode-file://vscode-app';
    expect(readEnvironment({ ALLOWED_ORIGINS: written }).settings.allowedOrigins).toEqual([
      ...['https://app.example', 'https://b.example', 'http://c.example:8080', 'vscode-file://vscode-app'],
    ]);
    expect(SETTINGS_SHAPE.allowedOrigins.parse(['https://b.example:443'])).toEqual(['https://b.example']);
  });

  it('CORS_ORIGIN=* allows nobody, and says so', () => {
    const read = readEnvironment({ CORS_ORIGIN: '*' });
    expect(read.settings.allowedOrigins).toEqual([]);
    expect(read.warnings).toHaveLength(1);
  });
});
