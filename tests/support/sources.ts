/** The project's own source files as the tidy test sees them: text, code without comments, and what each one imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const AREAS = ['core', 'main', 'preload', 'renderer', 'build', 'tests'];

export interface Import {
  /** A path from the root (`core/base/json.ts`) or a package (`undici`, `node:http`). */
  readonly target: string;
  /** `import type` or `export type`: it costs nothing at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with every comment blanked, line for line. */
  readonly code: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
}

/** Every TypeScript and JavaScript file of the project's areas. */
export function readSources(): readonly SourceFile[] {
  return AREAS.filter((area) => existsSync(ROOT + area)).flatMap((area) =>
    readdirSync(ROOT + area, { recursive: true, encoding: 'utf8' })
      .map((name) => `${area}/${name.replaceAll('\\', '/')}`)
      .filter((path) => /\.(?:tsx?|mjs)$/.test(path) && !path.includes('/node_modules/'))
      .map((path) => sourceFile(path, readFileSync(ROOT + path, 'utf8'))),
  );
}

/** A source file from a text in memory, as the self-tests use it. */
export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return { path, text, code, lines: text.split('\n'), imports: importsOf(path, code) };
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_STRING, (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match));
}

const STATIC_IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^'\n]+)'/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*'([^'\n]+)'/g;

function importsOf(path: string, code: string): Import[] {
  const found = [...code.matchAll(STATIC_IMPORT)].map(([, type, name = '']) => ({
    name,
    typeOnly: type !== undefined,
  }));
  const lazy = [...code.matchAll(DYNAMIC_IMPORT)].map(([, name = '']) => ({ name, typeOnly: false }));
  return [...found, ...lazy].map(({ name, typeOnly }) => ({
    target: name.startsWith('.') ? posix.join(posix.dirname(path), name) : name,
    typeOnly,
  }));
}
