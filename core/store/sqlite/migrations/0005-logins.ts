/**
 * What logins need beside the original's token columns: the secret parts of provider data (sealed), when the tokens were
 * got, a number that grows with every write of them, the lease under which one process refreshes, and when an
 * attempt last failed.
 */
import type { Migration } from './migration.ts';

const SCHEMA = `
ALTER TABLE provider_connections ADD COLUMN secret_data TEXT;
ALTER TABLE provider_connections ADD COLUMN token_refreshed_at INTEGER;
ALTER TABLE provider_connections ADD COLUMN token_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE provider_connections ADD COLUMN refresh_lease TEXT;
ALTER TABLE provider_connections ADD COLUMN refresh_attempt_at INTEGER;
`;

export const logins: Migration = { version: 5, name: 'logins', up: (database) => void database.exec(SCHEMA) };
