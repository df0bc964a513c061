/** Draws SVGs as PNGs with a Chromium of this machine, through Playwright: no renderer of our own, no native package. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Where systems put Chromium or Chrome; Playwright's own download comes first, `CHROMIUM_PATH` before all. */
const PLACES = [
  process.env['CHROMIUM_PATH'],
  chromium.executablePath(),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser's program; undefined where there is none. */
export function findChromium() {
  return PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/**
 * @param {string} executablePath
 * @param {readonly import('./icon-set.mjs').Drawing[]} drawings
 * @returns {Promise<Map<string, Buffer>>} PNGs with alpha, by path
 */
export async function draw(executablePath, drawings) {
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  try {
    const page = await browser.newPage();
    const pngs = new Map();
    for (const { path, sizePx, svg } of drawings) {
      await page.setViewportSize({ width: sizePx, height: sizePx });
      const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
      await page.setContent(
        `<body style="margin:0"><img style="display:block" src="${source}" width="${sizePx}" height="${sizePx}">`,
      );
      pngs.set(path, await page.screenshot({ omitBackground: true }));
    }
    return pngs;
  } finally {
    await browser.close();
  }
}
