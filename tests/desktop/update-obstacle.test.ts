import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { updateObstacle } from '../../main/desktop/update-obstacle.ts';

const [withFeed, without] = ['feed', 'none'].map((name) => mkdtempSync(join(tmpdir(), `omniroute-${name}-`)));
writeFileSync(join(withFeed ?? '', 'app-update.yml'), 'provider: generic\nurl: https://updates.example/\n');
afterAll(() => {
  for (const folder of [withFeed, without]) rmSync(folder ?? '', { recursive: true });
});
const installed = { isPackaged: true, resourcesPath: withFeed };

describe('an app', () => {
  it('that was installed with a feed can be updated', () => expect(updateObstacle(installed)).toBeUndefined());
  it.each([
    ['started from its sources', { isPackaged: false }, 'git pull'],
    ['packed without a feed', { ...installed, resourcesPath: without }, 'not installed by a package'],
    ['of the Mac App Store', { ...installed, mas: true }, 'store'],
    ['of the Microsoft Store', { ...installed, windowsStore: true }, 'store'],
  ])('%s cannot, and says why', (_what, installation, words) => expect(updateObstacle(installation)).toContain(words));
});
