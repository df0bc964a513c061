/** Looks for the logins of the vendors' tools on this machine. It reads, and changes nothing. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OmniError, toOmniError } from '../../../base/errors.ts';
import { asObject, type JsonObject, parseJson } from '../../../base/json.ts';
import { TOOL_LOGIN_READERS } from './readers.ts';
import type { Machine, ToolLogin, ToolLoginReader } from './tool-login.ts';

const FILE_LIMIT_BYTES = 1024 * 1024;

/** One login of one tool, or a file of a tool that cannot be read. */
export interface FoundLogin {
  /** The same at each look, as long as the login stays where it is. */
  readonly id: string;
  readonly reader: ToolLoginReader;
  /** Absolute. */
  readonly path: string;
  readonly login?: ToolLogin;
  /** Why it cannot be taken over, in words. */
  readonly problem?: string;
}

/** Everything there is, in the order of the table of tools; of a tool's places the first that holds a login. */
export function findToolLogins(machine: Machine, readers = TOOL_LOGIN_READERS): readonly FoundLogin[] {
  return readers.flatMap((reader) => {
    for (const path of reader.paths(machine)) {
      const found = readLogins(reader, path);
      if (found.length > 0) return found;
    }
    return [];
  });
}

/** The login as its file holds it now; undefined when it is gone. For accounts that follow a tool's file. */
export function readToolLogin(machine: Machine, id: string, readers = TOOL_LOGIN_READERS): FoundLogin | undefined {
  return findToolLogins(machine, readers).find((found) => found.id === id);
}

function readLogins(reader: ToolLoginReader, path: string): readonly FoundLogin[] {
  const idOf = (name: string): string =>
    createHash('sha256').update(`${path}\0${name}`).digest('base64url').slice(0, 22);
  try {
    const json = readJsonFile(path);
    if (json === undefined) return [];
    const logins = reader.read(json, (name) => readJsonFile(join(dirname(path), name)));
    return logins.map((login, index) => {
      const name = login.account ?? String(index);
      // One person may have signed in with several editors, each with a login of its own.
      const before = logins.slice(0, index).filter(({ account }) => account === login.account).length;
      return { id: idOf(before === 0 ? name : `${name}\0${before}`), reader, path, login };
    });
  } catch (error) {
    const { code, message } = toOmniError(error);
    const problem = code === 'internal' ? `The file ${path} cannot be read.` : message;
    return [{ id: idOf('problem'), reader, path, problem }];
  }
}

/** Undefined when there is no such file. Throws `invalid_request` when it is no JSON object, or far too large for a login. */
function readJsonFile(path: string): JsonObject | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  const json =
    size > FILE_LIMIT_BYTES ? undefined : asObject(parseJson(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')));
  if (json !== undefined) return json;
  throw new OmniError('invalid_request', `The file ${path} does not hold a login. Sign in again with its tool.`);
}
