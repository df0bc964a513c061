/**
 * What analytics and logs read: how long answers took in the sums by quarter hour, sums by day that are made from those,
 * the network proxy a request went through, and the audit log.
 */
import type { Migration } from './migration.ts';

const SCHEMA = `
ALTER TABLE usage_rollup ADD COLUMN duration_ms INTEGER NOT NULL DEFAULT 0;

CREATE TABLE usage_day (
  zone TEXT NOT NULL,
  start INTEGER NOT NULL,
  sums TEXT NOT NULL,
  PRIMARY KEY (zone, start)
) STRICT, WITHOUT ROWID;

ALTER TABLE usage_history ADD COLUMN proxy TEXT;
CREATE INDEX usage_history_proxy ON usage_history (timestamp) WHERE proxy IS NOT NULL;

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY,
  timestamp INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT,
  ip_address TEXT,
  details TEXT
) STRICT;
`;

export const observability: Migration = {
  version: 4,
  name: 'observability',
  up: (database) => void database.exec(SCHEMA),
};
