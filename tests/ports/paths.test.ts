import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataPaths, ensureDataDirectory } from '../../main/ports/paths.ts';
import { temporaryFolder } from '../store/temporary-store.ts';

function directory(env: Record<string, string>, platform: NodeJS.Platform = 'linux'): string {
  return dataPaths({ env, platform, homeDirectory: '/home/me' }).dataDirectory;
}

describe('dataPaths', () => {
  it('takes DATA_DIR before all else', () => {
    const all = { DATA_DIR: '/data', APPDATA: '/app', XDG_CONFIG_HOME: '/xdg' };
    expect(directory(all, 'win32')).toBe('/data');
    expect(directory({ DATA_DIR: '~/routes' })).toBe('/home/me/routes');
    expect(directory({ DATA_DIR: 'here' })).toBe(join(process.cwd(), 'here'));
  });

  it('takes APPDATA on Windows only, then XDG_CONFIG_HOME, then the home directory', () => {
    expect(directory({ APPDATA: '/app', XDG_CONFIG_HOME: '/xdg' }, 'win32')).toBe('/app/omniroute');
    expect(directory({ APPDATA: '/app', XDG_CONFIG_HOME: '/xdg' })).toBe('/xdg/omniroute');
    expect(directory({ DATA_DIR: ' ', XDG_CONFIG_HOME: '' })).toBe('/home/me/.omniroute');
  });

  it('names the files within', () => {
    expect(dataPaths({ env: { DATA_DIR: '/data' }, platform: 'linux', homeDirectory: '/home/me' })).toEqual({
      dataDirectory: '/data',
      databaseFile: '/data/storage.sqlite',
      keyFile: '/data/master.key',
      providersFile: '/data/providers.json',
    });
  });
});

describe('ensureDataDirectory', () => {
  it('makes the folder for its owner only, and is content with one that exists', (context) => {
    if (process.platform === 'win32') context.skip('file modes are a POSIX matter');
    const folder = join(temporaryFolder(), 'a', 'b');
    ensureDataDirectory(folder);
    ensureDataDirectory(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('says what to do when it cannot', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => ensureDataDirectory(join(file, 'data'))).toThrow(/cannot be made\. Choose another one with DATA_DIR/);
  });
});
