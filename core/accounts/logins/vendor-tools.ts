/**
 * The secret of a vendor's installed app, as it stands in the vendor's own program on this machine. Such secrets are
 * published with the program and protect nothing (RFC 8252, 8.5), yet they are the vendor's to publish, not ours.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Secret } from '../../base/secret.ts';
import type { VendorTool } from '../flows/flow.ts';

const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
/** A program packed into pieces has them beside its first file. */
const PIECES_MAX = 200;

/** Looks for the program in the folders of PATH, and in its files for the secret; undefined when either is missing. */
export async function publishedSecret(tool: VendorTool, searchPath: readonly string[]): Promise<Secret | undefined> {
  for (const folder of searchPath) {
    for (const name of [tool.command, `${tool.command}.cmd`]) {
      const program = await realpath(join(folder, name)).catch((): undefined => undefined);
      if (program === undefined) continue;
      for (const file of await filesOf(tool, program)) {
        const secret = await secretIn(file, tool.pattern);
        if (secret !== undefined) return secret;
      }
    }
  }
  return undefined;
}

/** The program's file, the packages named by the tool in each `node_modules` above it, and the pieces beside it. */
async function filesOf({ files }: VendorTool, program: string): Promise<readonly string[]> {
  const above: string[] = [];
  for (let folder = dirname(program); ; folder = dirname(folder)) {
    above.push(folder);
    if (dirname(folder) === folder) break;
  }
  const beside = await readdir(dirname(program)).catch((): string[] => []);
  const pieces = beside.filter((name) => ['.js', '.cjs', '.mjs'].includes(extname(name))).slice(0, PIECES_MAX);
  return [
    ...above.flatMap((folder) => files.map((file) => join(folder, 'node_modules', file))),
    program,
    ...pieces.map((name) => join(dirname(program), name)),
  ];
}

async function secretIn(file: string, pattern: RegExp): Promise<Secret | undefined> {
  try {
    const { size } = await stat(file);
    if (size > FILE_LIMIT_BYTES) return undefined;
    const found = pattern.exec(await readFile(file, 'utf8'))?.[1];
    return found === undefined ? undefined : new Secret(found);
  } catch {
    // Most of the places looked at do not exist.
    return undefined;
  }
}
