/**
 * What routing, policies and the request log keep: attempts and savings of a request, sums by quarter hour that outlive
 * the requests, bodies, cached answers (the original's `semantic_cache`) and the signatures of tool calls.
 */
import type { Migration } from './migration.ts';

const SCHEMA = `
ALTER TABLE usage_history ADD COLUMN saved_usd REAL;
ALTER TABLE usage_history ADD COLUMN served_from TEXT;
ALTER TABLE usage_history ADD COLUMN client TEXT;
ALTER TABLE usage_history ADD COLUMN attempt_log TEXT;
ALTER TABLE usage_history ADD COLUMN error_message TEXT;

CREATE TABLE usage_rollup (
  bucket INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  api_key_id TEXT NOT NULL,
  client TEXT NOT NULL,
  requests INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  tokens_input INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  tokens_cache_read INTEGER NOT NULL,
  tokens_reasoning INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  saved_usd REAL NOT NULL,
  PRIMARY KEY (bucket, provider, model, connection_id, api_key_id, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_bodies (
  request_id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  request TEXT NOT NULL,
  response TEXT NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX request_bodies_created_at ON request_bodies (created_at);

CREATE TABLE semantic_cache (
  signature TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  response TEXT NOT NULL,
  tokens_saved INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX semantic_cache_created_at ON semantic_cache (created_at);

CREATE TABLE signature_cache (
  call_id TEXT PRIMARY KEY,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signature_cache_created_at ON signature_cache (created_at);
`;

export const routing: Migration = { version: 2, name: 'routing', up: (database) => void database.exec(SCHEMA) };
