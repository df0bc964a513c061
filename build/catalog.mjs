/**
 * Writes core/providers/catalog/data.json: of two published data sets, our providers only, one line per model. Run by a
 * person when the data is to be renewed (`node build/catalog.mjs`), never at a start: the result is committed.
 * See core/providers/catalog/README.md for why these two.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSources, SOURCES } from './catalog-sources.mjs';

const DATA = join(import.meta.dirname, '..', 'core', 'providers', 'catalog', 'data.json');

/** Ours ← theirs, by source. @type {Readonly<Record<string, readonly [string | undefined, string]>>} */
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

/** Kinds of models by the sources' words; a model of another kind is left out. */
const TYPES = new Map([
  [undefined, 'chat'],
  ['chat', 'chat'],
  ['embedding', 'embedding'],
  ['image', 'image'],
  ['stt', 'audio'],
  ['tts', 'audio'],
  ['rerank', 'rerank'],
]);

/**
 * A model as both sources write it, as far as it is read.
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} [name]
 * @property {string} [type]
 * @property {string} [kind]
 * @property {readonly string[]} [input]
 * @property {boolean} [reasoning]
 * @property {boolean} [supportsTools]
 * @property {number | null} [contextWindow]
 * @property {number | null} [maxTokens]
 * @property {{ input?: number, output?: number, cacheRead?: number, cacheWrite?: number }} [cost]
 * @property {{ forceAdaptiveThinking?: boolean }} [compat]
 * @property {{ mode?: string }} [thinking]
 */
/**
 * `price`: dollars per million for input, output, cached, written, written for an hour. `source`: where it comes from.
 * @typedef {{ id: string, name: string | undefined, type: string, context: number | undefined, output: number | undefined, flags: string, price: readonly number[] | undefined, source: number }} Model
 */
/** @typedef {import('./catalog-sources.mjs').Archive} Archive */

/**
 * The data file's content.
 * @param {Archive} newer
 * @param {Archive} wider
 */
export function extract(newer, wider) {
  /** @type {Record<string, Record<string, Entry>>} */
  const wide = JSON.parse(wider('src/models.json'));
  /** @type {Map<string, Map<string, Model>>} */
  const all = new Map();
  for (const [ours, [newName, wideName]] of Object.entries(PROVIDERS)) {
    /** @type {Map<string, Model>} */
    const models = new Map();
    for (const entry of newName === undefined ? [] : entriesOf(newer, newName)) add(models, ours, { entry, source: 0 });
    for (const entry of Object.values(wide[wideName] ?? {})) add(models, ours, { entry, source: 1 });
    all.set(ours, models);
  }
  for (const [ours, { from, ids }] of Object.entries(SHARED)) share(all.get(ours), all.get(from), ids);
  const providers = Object.fromEntries([...all].map(([id, models]) => [id, [...models.values()].map(asLine)]));
  return { sources: SOURCES.map(({ integrity: _, ...source }) => source), providers };
}

/**
 * The newer source groups a provider's models by interface.
 * @param {Archive} archive
 * @param {string} provider
 * @returns {readonly Entry[]}
 */
function entriesOf(archive, provider) {
  /** @type {Record<string, Record<string, Entry>>} */
  const groups = JSON.parse(archive(`dist/providers/data/${provider}.json`));
  return Object.values(groups).flatMap((group) => Object.values(group));
}

/**
 * @param {Map<string, Model>} models
 * @param {string} provider
 * @param {{ entry: Entry, source: number }} found
 */
function add(models, provider, { entry, source }) {
  const type = TYPES.get(entry.kind ?? entry.type);
  if (type === undefined || entry.id.endsWith(':batch')) return;
  const model = read(provider, entry, { type, source });
  models.set(model.id, merged(models.get(model.id) ?? model, model));
}

/**
 * @param {Map<string, Model> | undefined} own
 * @param {Map<string, Model> | undefined} vendor
 * @param {readonly string[]} ids
 */
function share(own, vendor, ids) {
  for (const id of ids) {
    const model = vendor?.get(id);
    if (model !== undefined && own?.has(id) === false) own.set(id, model);
  }
  for (const [id, model] of own ?? []) own?.set(id, merged(model, vendor?.get(id) ?? model));
}

/**
 * What the first does not know is taken from the second.
 * @param {Model} first
 * @param {Model} second
 * @returns {Model}
 */
function merged(first, second) {
  return {
    id: first.id,
    name: first.name ?? second.name,
    type: first.type,
    context: first.context ?? second.context,
    output: first.output ?? second.output,
    flags: /[eb]/.test(first.flags) ? first.flags : first.flags + second.flags.replace(/[^eb]/g, ''),
    price: first.price ?? second.price,
    source: first.price === undefined ? second.source : first.source,
  };
}

/**
 * @param {string} provider
 * @param {Entry} entry
 * @param {{ type: string, source: number }} known
 * @returns {Model}
 */
function read(provider, entry, { type, source }) {
  const id = provider === 'fireworks' && !entry.id.includes('/') ? fireworksId(entry.id) : entry.id;
  const tools = type === 'chat' && entry.supportsTools !== false ? 't' : '';
  const vision = entry.input?.includes('image') ? 'v' : '';
  return {
    id,
    name: entry.name === id ? undefined : entry.name,
    type,
    context: entry.contextWindow || undefined,
    output: entry.maxTokens || undefined,
    flags: tools + vision + (entry.reasoning ? 'r' : '') + styleFlag(entry),
    price: priceOf(provider, id, entry.cost ?? {}),
    source,
  };
}

/**
 * The wide set shortens the ids: `glm-5.1` is served as `accounts/fireworks/models/glm-5p1`.
 * @param {string} id
 */
function fireworksId(id) {
  return `accounts/fireworks/models/${id.replaceAll('.', 'p')}`;
}

/**
 * How Claude and Gemini models are told to reason: `e` effort words, `b` token budgets.
 * @param {Entry} entry
 */
function styleFlag(entry) {
  const name = entry.id.split('/').at(-1) ?? '';
  if (!entry.reasoning || !/^(claude|gemini)-/.test(name)) return '';
  const byEffort = /^gemini-[3-9]/.test(name) || entry.compat?.forceAdaptiveThinking === true;
  if (byEffort || entry.thinking?.mode === 'anthropic-adaptive' || entry.thinking?.mode === 'google-level') return 'e';
  return entry.thinking?.mode === 'budget' || /^(claude|gemini-2)/.test(name) ? 'b' : '';
}

/**
 * All zero means unknown, but for models whose id says they are free. Writing for an hour costs twice the input price at
 * Anthropic: https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing
 * @param {string} provider
 * @param {string} id
 * @param {NonNullable<Entry['cost']>} cost
 */
function priceOf(provider, id, { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }) {
  if (input < 0 || output < 0) return undefined;
  if (input === 0 && output === 0) return id.endsWith(':free') ? [0, 0] : undefined;
  const isClaude = provider === 'anthropic' || id.startsWith('anthropic/');
  const writtenLong = isClaude && cacheWrite > 0 ? input * 2 : 0;
  return [input, output, cacheRead, cacheWrite, writtenLong].map((value) => Math.round(value * 1e6) / 1e6);
}

/** @param {Model} model */
function asLine({ id, name = '', type, context, output, flags, price = [], source }) {
  const prices = price.map((value, index) => (index > 1 && value === 0 ? '' : value));
  return [id, name, type, context ?? '', output ?? '', flags, prices.join(',').replace(/,+$/, ''), source].join('\t');
}

/**
 * The file's text: one model a line, so that a renewal can be reviewed.
 * @param {ReturnType<typeof extract>} data
 */
export function render(data) {
  return `${JSON.stringify(data, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const sources = openSources({ fetch: true });
  if (sources !== undefined) writeFileSync(DATA, render(extract(sources.newer, sources.wider)));
}
