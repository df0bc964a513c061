/** The committed icons are those of the SVGs: by hash everywhere, by pixels where a browser can draw them again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draw, findChromium } from '../../build/draw.mjs';
import { drawings, hashOfSources, ICONS, icnsOf, icoOf } from '../../build/icon-set.mjs';
import { differenceOf, type Picture, readPng } from '../support/png.ts';

const STATES = ['running', 'degraded', 'paused', 'failing'];
const LOOKS = ['Template', '-dark', '-light'];
/** What two versions of a browser may differ by at the edges. */
const SAME = 2;
/** Two states of 16 px differ in a badge of 6 × 6. */
const DIFFERENT = 10;

const bytesOf = (path: string): Buffer => readFileSync(join(ICONS, path));
const pictureOf = (path: string): Picture => readPng(bytesOf(path));
/** How strongly each pixel is covered, whatever its colour: what a person sees who sees no colours. */
const shapeOf = ({ rgba, ...size }: Picture): Picture => ({
  ...size,
  rgba: rgba.map((value, index) => (index % 4 === 3 ? value : 0)),
});

describe('icons', () => {
  it('are those of the drawings (else: npm run icons)', () => {
    expect(bytesOf('sources.sha256').toString('utf8').trim()).toBe(hashOfSources());
  });

  it.each(drawings())('$path has $sizePx px', ({ path, sizePx }) => {
    const { width, height, rgba } = pictureOf(path);
    expect([width, height]).toEqual([sizePx, sizePx]);
    expect(rgba.some((value, index) => index % 4 === 3 && value === 255)).toBe(true);
  });

  it('pack the PNGs into icon.ico and icon.icns', () => {
    const appIcon = (sizePx: number) => bytesOf(`app/${sizePx}x${sizePx}.png`);
    expect(bytesOf('icon.ico').equals(icoOf(appIcon))).toBe(true);
    expect(bytesOf('icon.icns').equals(icnsOf(appIcon))).toBe(true);
  });

  it('look as a browser draws them now', async (context) => {
    const browser = findChromium();
    if (browser === undefined) return context.skip('there is no Chromium here to draw with');
    const again = await draw(browser, drawings());
    for (const [path, png] of again) expect(differenceOf(pictureOf(path), readPng(png)), path).toBeLessThan(SAME);
  });
});

describe('icon containers', () => {
  const ico = bytesOf('icon.ico');
  it('ico: each entry points at a PNG of its size', () => {
    const count = ico.readUInt16LE(4);
    const sizes = Array.from({ length: count }, (_, index) => {
      const at = 6 + 16 * index;
      const [length, offset] = [ico.readUInt32LE(at + 8), ico.readUInt32LE(at + 12)];
      const { width } = readPng(ico.subarray(offset, offset + length));
      expect(ico.readUInt8(at) || 256).toBe(width);
      return width;
    });
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  it('icns: its length is right and each chunk holds a PNG', () => {
    const icns = bytesOf('icon.icns');
    const sizes: Record<string, number> = {};
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      sizes[icns.toString('latin1', at, at + 4)] = readPng(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4))).width;
    expect(sizes).toMatchObject({ icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic14: 512 });
  });
});

describe.each(LOOKS)('tray icons %s', (look) => {
  it('differ by shape in every state', () => {
    const shapes = STATES.map((state) => shapeOf(pictureOf(`tray/${state}${look}.png`)));
    for (const [index, shape] of shapes.entries())
      for (const other of shapes.slice(index + 1)) expect(differenceOf(shape, other) * 4).toBeGreaterThan(DIFFERENT);
  });
});

it('templates are black and nothing else', () => {
  for (const state of STATES) {
    const { rgba } = pictureOf(`tray/${state}Template@2x.png`);
    expect(rgba.every((value, index) => index % 4 === 3 || value === 0)).toBe(true);
  }
});
