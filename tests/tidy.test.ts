/**
 * Style as a unit test (after TigerBeetle's tidy): who may import whom, and the habits that no linter knows. Each rule
 * carries a sample that breaks it, so that no rule passes because it cannot fail.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Import, ROOT, readSources, type SourceFile, sourceFile } from './support/sources.ts';

/** Core's folders: each imports only itself and those before it. `gateway` and `management` are equals, see below. */
const CORE_ORDER = [
  ...['base', 'model', 'formats', 'providers', 'store', 'vault', 'accounts', 'routing', 'upstream', 'policy'],
  ...['pipeline', 'gateway', 'management', 'sync'],
];
const ELECTRON = /^(?:main\/index\.ts|main\/(?:desktop|ipc|ports)\/|preload\/)/;
/** What a process or a tool starts by itself. Everything else must be reached from one of these. */
const ENTRIES =
  /^(?:core\/index\.ts|main\/(?:headless\/)?index\.ts|preload\/index\.ts|renderer\/(?:main\.tsx|ui\/[^/]+)|build\/(?:run|catalog|renderer|after-pack)\.mjs|build\/.*\.config\.ts|tests\/.*\.test\.ts)$/;
/** Provider ids that are also the name of a protocol family or of a list's shape. */
const PROTOCOL_WORDS = new Set(['openai', 'anthropic', 'gemini', 'ollama']);
/** This file names what it forbids. */
const SELF = 'tests/tidy.test.ts';
const MAX_FILE_LINES = 300;
/** Tests are tables. */
const MAX_TEST_LINES = 400;
const MAX_FUNCTION_LINES = 70;
/** Files that may be longer, with the reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};
/** Tools that load a file by its default export. */
const DEFAULT_EXPORTS = /^build\/(?:.*\.config\.ts|skip-reporter\.mjs)$/;

const files = readSources();
const providerIds = files
  .filter(({ path }) => path.startsWith('core/providers/rows/'))
  .flatMap(({ code }) => [...code.matchAll(/\bid: '([a-z0-9-]+)',\n\s+alias:/g)].map(([, id = '']) => id))
  .filter((id) => !PROTOCOL_WORDS.has(id));

interface Rule {
  readonly name: string;
  /** One line per offence. */
  readonly find: (sources: readonly SourceFile[]) => readonly string[];
  /** A tree that breaks the rule exactly once: text by path. */
  readonly broken: Readonly<Record<string, string>>;
}

type ImportCheck = (file: SourceFile, target: string, typeOnly: boolean) => boolean;
const importRule = (name: string, forbidden: ImportCheck, broken: Rule['broken']): Rule => ({
  name,
  broken,
  find: eachFile((file) =>
    file.imports
      .filter(({ target, typeOnly }: Import) => forbidden(file, target, typeOnly))
      .map(({ target }) => `${file.path} imports ${target}`),
  ),
});
function eachFile(check: (file: SourceFile) => readonly string[]): Rule['find'] {
  return (sources) => sources.flatMap(check);
}
/** A pattern that no line of the code (comments left out) may match, in the files that `where` names. */
const codeRule = (name: string, pattern: RegExp, where: (path: string) => boolean, broken: Rule['broken']): Rule => ({
  name,
  broken,
  find: eachFile(({ path, code }) =>
    where(path) && path !== SELF
      ? [...code.matchAll(pattern)].map((match) => at(path, code, match.index, match[0]))
      : [],
  ),
});
const at = (path: string, text: string, index: number, what: string): string =>
  `${path}:${text.slice(0, index).split('\n').length} ${what.trim().split('\n')[0]}`;

const inside =
  (...prefixes: string[]) =>
  (path: string) =>
    prefixes.some((prefix) => path.startsWith(prefix));
const product = inside('core/', 'main/', 'preload/', 'renderer/');
const coreFolder = (path: string): string | undefined => /^core\/([^/]+)\//.exec(path)?.[1];
const rendererPart = (path: string): string | undefined => /^renderer\/(app|ui|features\/[^/]+)\//.exec(path)?.[1];
const formatFolder = (path: string): string | undefined => /^core\/formats\/([^/]+)\//.exec(path)?.[1];
/** OpenAI's legacy completions are chat in an older dress, and go through chat. */
const FORMAT_PARTS = new Set(['openai-completions → openai-chat']);

const IMPORTS: readonly Rule[] = [
  importRule(
    'a folder of core imports only itself and the folders before it',
    ({ path }, target) => {
      const own = coreFolder(path);
      if (own === undefined || !target.startsWith('core/')) return false;
      const other = coreFolder(target);
      return other === undefined || CORE_ORDER.indexOf(other) > CORE_ORDER.indexOf(own) || !CORE_ORDER.includes(own);
    },
    { 'core/formats/a.ts': "import { x } from '../providers/b.ts';" },
  ),
  importRule(
    'gateway and management never import each other',
    ({ path }, target) => coreFolder(path) === 'management' && coreFolder(target) === 'gateway',
    { 'core/management/a.ts': "import { x } from '../gateway/b.ts';" },
  ),
  importRule(
    "a format never imports another format's folder",
    ({ path }, target) => {
      const [own, other] = [formatFolder(path), formatFolder(target)];
      return own !== undefined && other !== undefined && own !== other && !FORMAT_PARTS.has(`${own} → ${other}`);
    },
    { 'core/formats/gemini/a.ts': "import { x } from '../openai-chat/b.ts';" },
  ),
  importRule(
    'core imports nothing of main, preload, renderer or build',
    ({ path }, target) => path.startsWith('core/') && inside('main/', 'preload/', 'renderer/', 'build/')(target),
    { 'core/base/a.ts': "import { x } from '../../main/ports/b.ts';" },
  ),
  importRule(
    'electron stays in the desktop host',
    ({ path }, target) => /^electron(?:$|\/|-)/.test(target) && product(path) && !ELECTRON.test(path),
    { 'main/headless/a.ts': "import { app } from 'electron';" },
  ),
  importRule(
    'renderer takes only types, and only from core/management',
    ({ path }, target, typeOnly) =>
      path.startsWith('renderer/') && target.startsWith('core/') && !(typeOnly && coreFolder(target) === 'management'),
    { 'renderer/a.ts': "import { x } from '../core/management/b.ts';" },
  ),
  importRule(
    "renderer's features import only ui/, the client and themselves; ui/ imports neither them nor app/",
    ({ path }, target) => {
      const [own, other] = [rendererPart(path), rendererPart(target)];
      if (own === undefined || other === undefined || own === other || own === 'app') return false;
      return other === 'app' || other.startsWith('features/');
    },
    { 'renderer/features/keys/a.tsx': "import { x } from '../combos/b.tsx';" },
  ),
  importRule(
    'only store/ imports better-sqlite3',
    ({ path }, target) => target === 'better-sqlite3' && product(path) && coreFolder(path) !== 'store',
    { 'core/policy/a.ts': "import Database from 'better-sqlite3';" },
  ),
  importRule(
    'only upstream/, accounts/ and the wiring in core/index.ts import undici',
    ({ path }, target, typeOnly) =>
      target === 'undici' &&
      !typeOnly &&
      product(path) &&
      !inside('core/upstream/', 'core/accounts/', 'core/index.ts')(path),
    { 'core/gateway/a.ts': "import { request } from 'undici';" },
  ),
  importRule('nothing imports tests', ({ path }, target) => !path.startsWith('tests/') && target.startsWith('tests/'), {
    'core/base/a.ts': "import { x } from '../../tests/support/b.ts';",
  }),
];

const CODE: readonly Rule[] = [
  codeRule(
    'SQL only in store/',
    /\b(?:SELECT\s[\s\S]{1,200}?\sFROM|INSERT (?:OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (?:TABLE|INDEX)|PRAGMA) /g,
    (path) => product(path) && coreFolder(path) !== 'store',
    { 'core/policy/a.ts': "db.exec('DELETE FROM usage_history WHERE 1');" },
  ),
  codeRule(
    'outgoing traffic only in upstream/ and accounts/',
    /(?<![\w.])fetch\(|\bhttps?\.(?:request|get)\(/g,
    (path) => inside('core/', 'main/')(path) && !inside('core/upstream/', 'core/accounts/')(path),
    { 'core/policy/a.ts': "await fetch('http://example.com');" },
  ),
  codeRule('process.env only in main/', /\bprocess\.env\b/g, inside('core/', 'preload/', 'renderer/'), {
    'core/base/a.ts': 'const home = process.env.HOME;',
  }),
  codeRule(
    "a provider's name stands in providers/ and accounts/flows/ only",
    new RegExp(`'(?:${[...providerIds, 'an-invented-provider'].join('|')})'`, 'g'),
    (path) => product(path) && !inside('core/providers/', 'core/accounts/flows/')(path),
    { 'core/routing/a.ts': "if (provider === 'an-invented-provider') skip();" },
  ),
  codeRule('no Node in the renderer', /\b(?:process|Buffer|require)\b[.(]/g, inside('renderer/'), {
    'renderer/ui/a.ts': 'const home = Buffer.from(x);',
  }),
  codeRule('no any', /(?:\bas|[:<,|&=]) any\b(?!')/g, () => true, { 'core/base/a.ts': 'const x = y as any;' }),
  codeRule('no empty catch', /\bcatch(?: \([^)]*\))? \{\s*\}/g, () => true, {
    'core/base/a.ts': 'try { x() } catch {\n}',
  }),
  codeRule('no default exports', /^export default\b/gm, (path) => !DEFAULT_EXPORTS.test(path), {
    'core/base/a.ts': 'export default 1;',
  }),
  codeRule(
    'no test is switched off without a condition or singled out, no module is mocked',
    /\b(?:it|test|describe)\.(?:only|skip|todo)\b|\bvi\.(?:mock|doMock)\(/g,
    (path) => path.startsWith('tests/'),
    { 'tests/a.test.ts': "it.skip('later', () => undefined);" },
  ),
];

const TEXT: readonly Rule[] = [
  {
    name: 'no notes to self',
    find: eachFile(({ path, lines }) =>
      lines.flatMap((line, index) =>
        /\b(?:TODO|FIXME|XXX|HACK)\b/.test(line) && path !== SELF ? [`${path}:${index + 1}`] : [],
      ),
    ),
    broken: { 'core/base/a.ts': '// FIXME soon' },
  },
  {
    name: 'no commented-out code',
    find: eachFile(({ path, lines }) =>
      lines.flatMap((line, index) =>
        /^\s*\/\/\s*(?:(?:const|let|import|export|return|if|for|await)\b.*[;{(]|[\w.]+\(.*\);|\})\s*$/.test(line)
          ? [`${path}:${index + 1} ${line.trim()}`]
          : [],
      ),
    ),
    broken: { 'core/base/a.ts': '// const x = compute(y);' },
  },
  {
    name: `a file has at most ${MAX_FILE_LINES} lines`,
    find: eachFile(({ path, lines }) =>
      lines.length - 1 > (path.startsWith('tests/') ? MAX_TEST_LINES : MAX_FILE_LINES) &&
      LONG_FILES[path] === undefined &&
      !path.startsWith('core/providers/rows/')
        ? [`${path} has ${lines.length - 1}`]
        : [],
    ),
    broken: { 'core/base/a.ts': 'x();\n'.repeat(MAX_FILE_LINES + 1) },
  },
  {
    name: `a function has at most ${MAX_FUNCTION_LINES} lines`,
    find: eachFile(longFunctions),
    broken: { 'core/base/a.ts': `function f() {\n${'  x();\n'.repeat(MAX_FUNCTION_LINES)}}` },
  },
  {
    name: 'file and folder names are kebab-case',
    find: eachFile(({ path }) =>
      path.split('/').every((name) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*$/.test(name)) ? [] : [path],
    ),
    broken: { 'core/base/jsonScan.ts': '' },
  },
  {
    name: 'every file is an entry or is used by one',
    find: deadFiles,
    broken: { 'core/index.ts': "import './used.ts';", 'core/used.ts': '', 'core/unused.ts': '' },
  },
];

/** The formatter puts a function's closing brace at the indent of its first line. Callbacks (suites of tests) may be long. */
function longFunctions({ path, code }: SourceFile): readonly string[] {
  const lines = code.split('\n');
  return lines.flatMap((line, start) => {
    const [, indent] =
      /^(\s*)(?:(?:export |async |static |private |get )*(?:function\b|\w+\().*|.*\b(?:const|let) \w+.*=>) \{$/.exec(
        line,
      ) ?? [];
    if (indent === undefined || /^\s*(?:if|for|while|switch|catch|describe|it|beforeAll|afterAll)\b/.test(line))
      return [];
    const length = lines.slice(start).findIndex((other) => other.startsWith(`${indent}}`)) + 1;
    return length > MAX_FUNCTION_LINES ? [`${path}:${start + 1} has ${length} lines`] : [];
  });
}

/** Follows imports, and files that are named as a path to start them, from the entries. A test keeps no product file alive. */
function deadFiles(sources: readonly SourceFile[]): readonly string[] {
  const alive = new Set<string>();
  const visit = (file: SourceFile): void => {
    if (alive.has(file.path)) return;
    alive.add(file.path);
    const named = (path: string): boolean =>
      !product(path) && file.code.includes(`${path.split('/').at(-1)}'`) && file.path !== path;
    for (const other of sources) {
      const used = file.imports.some(({ target }) => target === other.path) || named(other.path);
      if (used && !(file.path.startsWith('tests/') && product(other.path))) visit(other);
    }
  };
  for (const file of sources) if (ENTRIES.test(file.path)) visit(file);
  return sources.filter(({ path }) => !alive.has(path)).map(({ path }) => path);
}

describe.each([...IMPORTS, ...CODE, ...TEXT])('$name', ({ find, broken }) => {
  it('holds', () => expect(find(files)).toEqual([]));
  it('can fail', () => {
    const sample = Object.entries(broken).map(([path, text]) => sourceFile(path, text));
    expect(find(sample)).toHaveLength(1);
  });
});

describe('package.json', () => {
  const inexact = (text: string): readonly string[] =>
    [...text.matchAll(/^ {4}"([^"]+)": "([^"]+)"/gm)]
      .filter(
        ([, name = '', version = '']) => text.indexOf(`"${name}"`) > text.indexOf('ependencies"') && version !== '',
      )
      .filter(([, , version = '']) => !/^(?:npm:.+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([, name = '', version = '']) => `${name} ${version}`);
  it('names exact versions', () => expect(inexact(readFileSync(`${ROOT}package.json`, 'utf8'))).toEqual([]));
  it('can fail', () => expect(inexact('{\n  "dependencies": {\n    "zod": "^4.0.0"\n  }\n}')).toEqual(['zod ^4.0.0']));
});
