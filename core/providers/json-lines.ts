/** Where the members of a JSON text stand, so that a mistake in a hand-written file can be named by its line. */

/** Line numbers from 1, by path: `openai.hosts.api`, `openai.models.0.id`; the whole text is the empty path. */
export type JsonLines = ReadonlyMap<string, number>;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|\n/g;

/**
 * The line of each member's key and each element. The text must be valid JSON. A repeated key keeps its last line, as
 * JSON.parse keeps its last value.
 */
export function jsonLines(text: string): JsonLines {
  const lines = new Map<string, number>([['', 1]]);
  const open: { readonly path: string; readonly isArray: boolean; next: number }[] = [];
  let line = 1;
  let key: string | undefined;
  let expectsKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === '\n') line += 1;
    else if (token === '}' || token === ']') {
      open.pop();
      key = undefined;
      expectsKey = false;
    } else if (token === ',') expectsKey = inside?.isArray === false;
    else if (token === ':') expectsKey = false;
    else if (expectsKey) {
      key = join(inside?.path ?? '', String(JSON.parse(token)));
      lines.set(key, line);
    } else {
      const path = inside?.isArray ? join(inside.path, String(inside.next++)) : (key ?? '');
      if (inside?.isArray) lines.set(path, line);
      if (token === '{' || token === '[') open.push({ path, isArray: token === '[', next: 0 });
      expectsKey = token === '{';
    }
  }
  return lines;
}

/** The line on which JSON.parse gave up, from the offset in its message; the last line where it names none. */
export function lineOfSyntaxError(text: string, error: unknown): number {
  const offset = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  return text.slice(0, offset === undefined ? text.length : Number(offset)).split('\n').length;
}

function join(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`;
}
