/** The store over one SQLite file: the only way into it. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../store.ts';
import { apiKeysTable } from './api-keys.ts';
import { auditRepository } from './audit.ts';
import { combosTable } from './combos.ts';
import { connectionsTable } from './connections.ts';
import { customModelRepository } from './custom-models.ts';
import { sqliteCode, storeFailure } from './failures.ts';
import { bodyRepository, cachedAnswerRepository, signatureRepository } from './kept-texts.ts';
import { keyValueRepository } from './key-values.ts';

import { nodesTable } from './nodes.ts';
import { openDatabase } from './open-database.ts';
import { rollupRepository } from './rollups.ts';
import { similarQuestionRepository } from './similar-questions.ts';
import { sizeBytes } from './size.ts';
import { type StoreParts, tableRepository } from './table-repository.ts';
import { tokenRepository } from './tokens.ts';
import { usageRepository } from './usage.ts';

export interface StoreOptions {
  /** The database file, made when missing (its folder must exist), or `:memory:`. */
  readonly path: string;
  readonly log: Log;
  readonly clock: Clock;
}

export interface SqliteStore extends Store {
  /**
   * True while anything depends on the vault's key: a sealed secret, or an API key's hash. Asked of the raw cells, so
   * that a row which cannot be read still counts.
   */
  dependsOnVaultKey(): boolean;
}

const DEPENDS_ON_KEY = `SELECT
  EXISTS (SELECT 1 FROM provider_connections
    WHERE api_key IS NOT NULL OR access_token IS NOT NULL OR refresh_token IS NOT NULL OR id_token IS NOT NULL
      OR secret_data IS NOT NULL)
  OR EXISTS (SELECT 1 FROM api_keys)
  OR EXISTS (SELECT 1 FROM key_value WHERE instr(value, '"enc:v2:') > 0) AS depends`;

/**
 * Opens the store and brings its schema up to date. Throws `internal` with a sentence that names the file and what to
 * do when it cannot be used (read-only, locked, damaged, disk full, newer or another program's).
 */
export function openStore({ path, log, clock }: StoreOptions): SqliteStore {
  const database = openDatabase(path, clock);
  const parts: StoreParts = { database, path, log, clock };
  const keyValues = keyValueRepository(parts);
  const rollups = rollupRepository(database);
  const usage = usageRepository(parts, rollups);
  return {
    connections: tableRepository(connectionsTable, parts),
    tokens: tokenRepository(parts),
    nodes: tableRepository(nodesTable, parts),
    combos: tableRepository(combosTable, parts),
    apiKeys: tableRepository(apiKeysTable, parts),
    customModels: customModelRepository(keyValues),
    keyValues,
    usage,
    rollups,
    audit: auditRepository(database),
    bodies: bodyRepository(database),
    cachedAnswers: cachedAnswerRepository(database),
    similarQuestions: similarQuestionRepository(database),
    signatures: signatureRepository(database),
    sizeBytes: () => sizeBytes(database),
    transaction: (work) => {
      try {
        return database.transaction(work).immediate();
      } catch (error) {
        throw sqliteCode(error) === undefined ? error : storeFailure(error, path);
      }
    },
    integrityCheck: () => {
      try {
        return String(database.pragma('integrity_check', { simple: true }));
      } catch (error) {
        return storeFailure(error, path).message;
      }
    },
    dependsOnVaultKey: () => database.prepare<[], { depends: number }>(DEPENDS_ON_KEY).get()?.depends === 1,
    close: () => {
      usage.close();
      database.close();
      return Promise.resolve();
    },
  };
}
