/**
 * What is drawn from the SVGs under build/icons, and how: the program `icons.mjs` writes it, the test draws it again.
 * The two container formats, Apple's icns and Microsoft's ico, take PNGs as they are.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ICONS = join(import.meta.dirname, 'icons');

/** The name of a state is the name of its drawing; `running` is the mark itself. */
const TRAY_DRAWINGS = {
  running: 'mark.svg',
  degraded: 'tray/degraded.svg',
  paused: 'tray/paused.svg',
  failing: 'tray/failing.svg',
};

/**
 * The tray's looks by the file's suffix: macOS paints a template itself from its alpha, elsewhere `dark` is a dark drawing
 * for a light panel, `light` a light one for a dark panel. Only the state's sign has a colour, and never only that.
 * @type {Record<string, { ink: string, states: Record<string, string>, scales: readonly number[] }>}
 */
const TRAY_LOOKS = {
  Template: { ink: '#000000', states: {}, scales: [1, 2] },
  '-dark': { ink: '#0f172a', states: { degraded: '#b45309', failing: '#dc2626' }, scales: [1, 1.25, 1.5, 2, 3] },
  '-light': { ink: '#f8fafc', states: { degraded: '#fbbf24', failing: '#f87171' }, scales: [1, 1.25, 1.5, 2, 3] },
};
const TRAY_SIZE_PX = 16;

export const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Up to this size the ground fills the whole square: a margin would cost too many of the few pixels. */
const LARGEST_WITHOUT_MARGIN_PX = 48;
const WITHOUT_MARGIN = 'viewBox="88 88 848 848"';

/** Sizes in an ico; 256 px is the most that the format knows. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Sizes by icns type (Apple's `icns.h` as documented at https://en.wikipedia.org/wiki/Apple_Icon_Image_format). */
const ICNS_TYPES = {
  icp4: 16,
  icp5: 32,
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
};

/** @typedef {{ path: string, sizePx: number, svg: string }} Drawing `path` under build/icons of the PNG that is drawn */

/** Every PNG that is drawn. @returns {Drawing[]} */
export function drawings() {
  return [...APP_SIZES.map(appDrawing), ...Object.entries(TRAY_DRAWINGS).flatMap(trayDrawings)];
}

/** @param {number} sizePx @returns {Drawing} */
function appDrawing(sizePx) {
  const svg = readFileSync(join(ICONS, 'app.svg'), 'utf8');
  return {
    path: `app/${sizePx}x${sizePx}.png`,
    sizePx,
    svg: sizePx <= LARGEST_WITHOUT_MARGIN_PX ? svg.replace(/viewBox="[^"]+"/, WITHOUT_MARGIN) : svg,
  };
}

/** @param {[state: string, file: string]} entry @returns {Drawing[]} */
function trayDrawings([state, file]) {
  const svg = readFileSync(join(ICONS, file), 'utf8');
  return Object.entries(TRAY_LOOKS).flatMap(([suffix, { ink, states, scales }]) =>
    scales.map((scale) => ({
      path: `tray/${state}${suffix}${scale === 1 ? '' : `@${scale}x`}.png`,
      sizePx: TRAY_SIZE_PX * scale,
      svg: svg.replace('<svg ', `<svg color="${ink}" `).replace('class="state"', `color="${states[state] ?? ink}"`),
    })),
  );
}

/** The hash of all that the icons depend on; kept beside them, so that a stale set is seen without a browser. */
export function hashOfSources() {
  const hash = createHash('sha256');
  for (const { path, sizePx, svg } of drawings()) hash.update(`${path}\0${sizePx}\0${svg}\0`);
  return hash.digest('hex');
}

/**
 * An ico: a directory of 16 bytes an image, then the images. 256 is written as 0.
 * @param {(sizePx: number) => Buffer} pngOf
 */
export function icoOf(pngOf) {
  const images = ICO_SIZES.map((sizePx) => ({ sizePx, png: pngOf(sizePx) }));
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  for (const [index, { sizePx, png }] of images.entries()) {
    const at = 6 + 16 * index;
    header.writeUInt8(sizePx % 256, at);
    header.writeUInt8(sizePx % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/**
 * An icns: chunks of type, length with the eight bytes of its head, and PNG.
 * @param {(sizePx: number) => Buffer} pngOf
 */
export function icnsOf(pngOf) {
  const chunks = Object.entries(ICNS_TYPES).map(([type, sizePx]) => chunk(type, pngOf(sizePx)));
  return chunk('icns', Buffer.concat(chunks));
}

/** @param {string} type @param {Buffer} content */
function chunk(type, content) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(content.length + head.length, 4);
  return Buffer.concat([head, content]);
}
