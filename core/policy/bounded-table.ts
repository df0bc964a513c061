/** Puts into a table that is bounded in number: it is held to it each time a quarter of that was added, not by the hour. */
interface BoundedTable<T> {
  put(record: T): void;
  /** Removes what is expired, or beyond the number; how many. */
  prune(nowMs: number, maxEntries: number): number;
}

/** The table's `put`, bounded. Throws what the table throws. */
export function boundedPut<T extends { readonly createdAtMs: number }>(
  table: BoundedTable<T>,
  maxEntries: () => number,
): (record: T) => void {
  let added = 0;
  return (record) => {
    table.put(record);
    added += 1;
    if (added < maxEntries() / 4) return;
    added = 0;
    table.prune(record.createdAtMs, maxEntries());
  };
}
