/** One numbered step of the schema. A step that was released never changes; a correction is a new step. */
import type { Database } from 'better-sqlite3';

export interface Migration {
  /** 1, 2, 3 …, without gaps. */
  readonly version: number;
  /** As in the file's name. */
  readonly name: string;
  /** Runs inside a transaction. */
  up(database: Database): void;
}
