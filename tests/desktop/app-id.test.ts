import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tellAppId } from '../../main/desktop/app-id.ts';
import { ROOT } from '../support/sources.ts';

const INSTALLED = /^appId: (.+)$/m.exec(readFileSync(`${ROOT}electron-builder.yml`, 'utf8'))?.[1];

function toldTo(platform: NodeJS.Platform, isPackaged: boolean): readonly string[] {
  const told: string[] = [];
  tellAppId({ isPackaged, setAppUserModelId: (id) => void told.push(id) }, { platform, program: 'C:\\electron.exe' });
  return told;
}

describe('the app tells Windows', () => {
  it('the id that its installer gave the shortcut', () => expect(toldTo('win32', true)).toEqual([INSTALLED]));
  it('the program where it is not installed', () => expect(toldTo('win32', false)).toEqual(['C:\\electron.exe']));
  it.each(['linux', 'darwin'] as const)('and nothing to %s', (platform) => expect(toldTo(platform, true)).toEqual([]));
});
