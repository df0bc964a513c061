/** How much of the database file is in use. */
import type { Database } from 'better-sqlite3';

/** Bytes of the pages in use; free ones are written again before the file grows. */
export function sizeBytes(database: Database): number {
  const number = (pragma: string): number => Number(database.pragma(pragma, { simple: true }));
  return (number('page_count') - number('freelist_count')) * number('page_size');
}
