/**
 * The first schema. Tables and columns carry the names of the original system's database, so that its backups can be
 * imported column by column; what it does not have (`usage_history` from `request_id` on, `api_keys.hint` …) is added.
 *
 * Every time is an INTEGER of milliseconds since the epoch, never text: it sorts, subtracts and indexes without parsing.
 * Booleans are 0 and 1. `api_key` and the token columns hold values sealed by the vault; `api_keys.key` holds an HMAC.
 */
import type { Migration } from './migration.ts';

const SCHEMA = `
CREATE TABLE db_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE provider_connections (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  auth_type TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  display_name TEXT,
  priority INTEGER NOT NULL,
  global_priority INTEGER,
  is_active INTEGER NOT NULL DEFAULT 1,
  api_key TEXT,
  access_token TEXT,
  refresh_token TEXT,
  id_token TEXT,
  token_type TEXT,
  scope TEXT,
  expires_at INTEGER,
  expires_in INTEGER,
  token_expires_at INTEGER,
  project_id TEXT,
  provider_specific_data TEXT,
  default_model TEXT,
  test_status TEXT NOT NULL DEFAULT 'unknown',
  error_code TEXT,
  last_error TEXT,
  last_error_at INTEGER,
  last_error_type TEXT,
  last_error_source TEXT,
  last_tested INTEGER,
  last_used_at INTEGER,
  backoff_level INTEGER NOT NULL DEFAULT 0,
  rate_limited_until INTEGER,
  rate_limit_protection INTEGER NOT NULL DEFAULT 0,
  consecutive_use_count INTEGER NOT NULL DEFAULT 0,
  health_check_interval INTEGER,
  last_health_check_at INTEGER,
  "group" TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE provider_nodes (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  api_type TEXT,
  base_url TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE key_value (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (namespace, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE combos (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  data TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  machine_id TEXT,
  scopes TEXT NOT NULL,
  allowed_models TEXT NOT NULL DEFAULT '[]',
  no_log INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1,
  last_used_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE usage_history (
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  connection_id TEXT,
  api_key_id TEXT,
  api_key_name TEXT,
  tokens_input INTEGER NOT NULL,
  tokens_output INTEGER NOT NULL,
  tokens_cache_read INTEGER NOT NULL,
  tokens_cache_creation INTEGER NOT NULL,
  tokens_reasoning INTEGER NOT NULL,
  cost_usd REAL,
  status INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  first_content_ms INTEGER,
  requested_model TEXT NOT NULL,
  combo_name TEXT,
  endpoint TEXT NOT NULL,
  client_format TEXT NOT NULL,
  target_format TEXT,
  stream INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error_code TEXT,
  is_estimated INTEGER NOT NULL,
  losses TEXT
) STRICT;

CREATE INDEX usage_history_timestamp ON usage_history (timestamp);
`;

export const initial: Migration = { version: 1, name: 'initial', up: (database) => void database.exec(SCHEMA) };
