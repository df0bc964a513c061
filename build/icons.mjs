/** `npm run icons`: draws every icon from the SVGs and packs the two containers. The results are committed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { draw, findChromium } from './draw.mjs';
import { drawings, hashOfSources, ICONS, icnsOf, icoOf } from './icon-set.mjs';

const browser = findChromium();
if (browser === undefined) {
  process.stderr.write('Icons are drawn by Chromium or Chrome: install one, or name it in CHROMIUM_PATH.\n');
  process.exitCode = 1;
} else {
  const pngs = await draw(browser, drawings());
  const appIcon = (/** @type {number} */ sizePx) => {
    const png = pngs.get(`app/${sizePx}x${sizePx}.png`);
    if (png === undefined) throw new Error(`No app icon of ${sizePx} px was drawn.`);
    return png;
  };
  for (const [path, png] of pngs) write(path, png);
  write('icon.ico', icoOf(appIcon));
  write('icon.icns', icnsOf(appIcon));
  write('sources.sha256', `${hashOfSources()}\n`);
  process.stderr.write(`Drew ${pngs.size} PNGs, icon.ico and icon.icns.\n`);
}

/** @param {string} path under build/icons @param {Buffer | string} content */
function write(path, content) {
  const file = join(ICONS, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
