/** Reads the PNGs that browsers write (eight bits a channel, RGBA or RGB, not interlaced), to compare pictures. */
import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly rgba: Uint8Array;
}

const SIGNATURE = '89504e470d0a1a0a';
/** PNG colour types 2 and 6 of https://www.w3.org/TR/png-3/#3colourType */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** Throws when the bytes are no such PNG. */
export function readPng(bytes: Buffer): Picture {
  const head = bytes.subarray(16, 29);
  const channels = CHANNELS[head.readUInt8(9)];
  if (bytes.subarray(0, 8).toString('hex') !== SIGNATURE || head.readUInt8(8) !== 8 || channels === undefined)
    throw new Error('This is not a PNG of eight bits a channel in RGB or RGBA.');
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const rows = unfiltered(inflateSync(Buffer.concat(dataOf(bytes))), { stride: width * channels, channels, height });
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    rgba.set(rows.subarray(pixel * channels, (pixel + 1) * channels), pixel * 4);
  return { width, height, rgba };
}

/** The mean difference of their colours over what they cover, from 0 to 255. They must be of one size. */
export function differenceOf(one: Picture, other: Picture): number {
  let sum = 0;
  for (let at = 0; at < one.rgba.length; at += 1) sum += Math.abs((one.rgba[at] ?? 0) - (other.rgba[at] ?? 0));
  return sum / one.rgba.length;
}

function dataOf(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return parts;
}

/** Undoes the filter that stands before each row: https://www.w3.org/TR/png-3/#9Filters */
function unfiltered(raw: Buffer, { stride, channels, height }: { stride: number; channels: number; height: number }) {
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (rows[y * stride + x - channels] ?? 0);
      const up = y === 0 ? 0 : (rows[(y - 1) * stride + x] ?? 0);
      const corner = y === 0 || x < channels ? 0 : (rows[(y - 1) * stride + x - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      rows[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return rows;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
