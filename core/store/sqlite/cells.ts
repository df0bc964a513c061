/**
 * Cells of a row between SQLite and a record. SQLite knows no booleans and no JSON; what a cell holds may have come
 * from an import or a damaged disk, so each reader checks, and names table, row and column when it must give up.
 */
import { OmniError } from '../../base/errors.ts';
import { type JsonValue, parseJson } from '../../base/json.ts';

/** Where a cell stands, for error messages. */
export interface CellPlace {
  readonly table: string;
  readonly id: string;
  readonly column: string;
}

export function toFlag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** The cell parsed as JSON. Throws `internal` naming table, row and column when it is not JSON. */
export function readJson(text: string, place: CellPlace): JsonValue {
  const value = parseJson(text);
  if (value === undefined) throw unreadable(place, 'is not valid JSON');
  return value;
}

/**
 * The cell as a JSON array of strings. Throws `internal` for anything else: a damaged list of allowed models must not
 * read as the empty list, which allows all.
 */
export function readStrings(text: string, place: CellPlace): readonly string[] {
  const value = readJson(text, place);
  if (!Array.isArray(value)) throw unreadable(place, 'is not a JSON array');
  return value.map((member) => {
    if (typeof member !== 'string') throw unreadable(place, 'holds something other than strings');
    return member;
  });
}

/** The cell as one of the values allowed there. Throws `internal` for any other. */
export function readOneOf<T extends string>(allowed: readonly T[], value: string | undefined, place: CellPlace): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw unreadable(place, `is none of ${allowed.join(', ')}`);
  return found;
}

/** The failure of one cell. */
export function unreadable({ table, id, column }: CellPlace, what: string): OmniError {
  return new OmniError(
    'internal',
    `The cell ${column} of row "${id}" in the table ${table} ${what}. Remove that row or restore a backup.`,
  );
}
