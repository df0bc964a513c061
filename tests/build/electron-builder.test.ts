/** electron-builder.yml against electron-builder's own schema, and what people are promised to get from it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/sources.ts';

/** electron-builder reads its file and its schema with these; asked for from there, they are the same versions. */
const require = createRequire(createRequire(import.meta.url).resolve('app-builder-lib/package.json'));
const SCHEMA = require('./scheme.json');

interface Configuration {
  readonly mac: { target: Target[]; icon: string; hardenedRuntime: boolean; entitlements: string };
  readonly win: { target: Target[]; icon: string };
  readonly linux: { target: Target[] };
  readonly afterPack: string;
}
interface Target {
  readonly target: string;
  readonly arch: readonly string[];
}
interface Complaint {
  readonly instancePath: string;
  readonly message: string;
}

const { load } = require('js-yaml');
const { Ajv } = require('ajv');
const config: Configuration = load(readFileSync(`${ROOT}electron-builder.yml`, 'utf8'));

function complaints(candidate: unknown): readonly string[] {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(SCHEMA);
  if (validate(candidate)) return [];
  return validate.errors.map(({ instancePath, message }: Complaint) => `${instancePath} ${message}`);
}

describe('electron-builder.yml', () => {
  it('is valid', () => expect(complaints(config)).toEqual([]));
  it('is checked: a wrong name is found', () => {
    expect(complaints({ ...config, asarUnpacked: [] })).not.toEqual([]);
    expect(complaints({ ...config, linux: { ...config.linux, targets: [] } })).not.toEqual([]);
  });

  it.each<{ system: 'mac' | 'win' | 'linux'; targets: Record<string, string[]> }>([
    { system: 'mac', targets: { dmg: ['x64', 'arm64'], zip: ['x64', 'arm64'] } },
    { system: 'win', targets: { nsis: ['x64', 'arm64'], portable: ['x64'] } },
    { system: 'linux', targets: { AppImage: ['x64', 'arm64'], deb: ['x64', 'arm64'], rpm: ['x64', 'arm64'] } },
  ])('makes for $system what was promised', ({ system, targets }) => {
    const made = config[system].target.map(({ target, arch }) => [target, arch]);
    expect(Object.fromEntries(made)).toEqual(targets);
  });

  it('runs hardened on macOS, with nothing but the right to compile', () => {
    expect(config.mac.hardenedRuntime).toBe(true);
    const entitlements = readFileSync(ROOT + config.mac.entitlements, 'utf8');
    expect([...entitlements.matchAll(/<key>(.+)<\/key>/g)].map(([, key]) => key)).toEqual([
      'com.apple.security.cs.allow-jit',
    ]);
  });

  it('names files that are there', () => {
    for (const path of [config.mac.icon, config.win.icon, config.afterPack, config.mac.entitlements])
      expect(readFileSync(ROOT + path).length).toBeGreaterThan(0);
  });
});
