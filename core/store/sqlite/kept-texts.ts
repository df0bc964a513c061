/** Three tables of texts by key that are bounded in number, size or age: bodies, cached answers, signatures. */
import type { Database, Statement } from 'better-sqlite3';
import type { BodyRecord, CachedAnswerRecord, SignatureRecord } from '../records.ts';
import type { BodyRepository, CachedAnswerRepository, SignatureRepository } from '../store.ts';

const PRUNE_BATCH = 500;

export function bodyRepository(database: Database): BodyRepository {
  const put = database.prepare<[string, number, string, string, number]>(
    'INSERT OR REPLACE INTO request_bodies (request_id, created_at, request, response, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const get = database.prepare<[string], BodyRecord>(
    'SELECT request_id AS requestId, created_at AS createdAtMs, request, response FROM request_bodies WHERE request_id = ?',
  );
  const removeOld = database.prepare<[number]>('DELETE FROM request_bodies WHERE created_at < ?');
  const size = database.prepare<[], { bytes: number }>('SELECT total(bytes) AS bytes FROM request_bodies');
  const removeOldest = database.prepare<[number]>(
    'DELETE FROM request_bodies WHERE request_id IN (SELECT request_id FROM request_bodies ORDER BY created_at LIMIT ?)',
  );
  return {
    put({ requestId, createdAtMs, request, response }) {
      const bytes = Buffer.byteLength(request) + Buffer.byteLength(response);
      put.run(requestId, Math.floor(createdAtMs), request, response, bytes);
    },
    get: (requestId) => get.get(requestId),
    prune(olderThanMs, maxBytes) {
      const removed = removeOld.run(Math.floor(olderThanMs)).changes;
      return removed + pruneToBytes(size, removeOldest, maxBytes);
    },
  };
}

export function cachedAnswerRepository(database: Database): CachedAnswerRepository {
  const put = database.prepare<[string, string, string, number, number, number]>(
    `INSERT OR REPLACE INTO semantic_cache (signature, model, response, tokens_saved, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const get = database.prepare<[string, number], CachedAnswerRecord>(
    `SELECT signature AS key, model, response AS events, tokens_saved AS tokensSaved, created_at AS createdAtMs,
       expires_at AS expiresAtMs
     FROM semantic_cache WHERE signature = ? AND expires_at > ?`,
  );
  const counted = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM semantic_cache');
  const removeExpired = database.prepare<[number]>('DELETE FROM semantic_cache WHERE expires_at <= ?');
  const removeOldest = database.prepare<[number]>(
    'DELETE FROM semantic_cache WHERE signature IN (SELECT signature FROM semantic_cache ORDER BY created_at LIMIT ?)',
  );
  const clear = database.prepare('DELETE FROM semantic_cache');
  const count = (): number => counted.get()?.count ?? 0;
  return {
    get: (key, nowMs) => get.get(key, Math.floor(nowMs)),
    put({ key, model, events, tokensSaved, createdAtMs, expiresAtMs }) {
      put.run(key, model, events, Math.round(tokensSaved), Math.floor(createdAtMs), Math.floor(expiresAtMs));
    },
    count,
    prune(nowMs, maxEntries) {
      const expired = removeExpired.run(Math.floor(nowMs)).changes;
      return expired + removeOldest.run(Math.max(0, count() - maxEntries)).changes;
    },
    clear: () => clear.run().changes,
  };
}

export function signatureRepository(database: Database): SignatureRepository {
  const put = database.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO signature_cache (call_id, data, created_at) VALUES (?, ?, ?)',
  );
  const get = database.prepare<[string], SignatureRecord>(
    'SELECT call_id AS callId, data, created_at AS createdAtMs FROM signature_cache WHERE call_id = ?',
  );
  const counted = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM signature_cache');
  const removeOldest = database.prepare<[number]>(
    'DELETE FROM signature_cache WHERE call_id IN (SELECT call_id FROM signature_cache ORDER BY created_at LIMIT ?)',
  );
  const removeOld = database.prepare<[number]>('DELETE FROM signature_cache WHERE created_at < ?');
  const size = database.prepare<[], { bytes: number }>('SELECT total(length(data)) AS bytes FROM signature_cache');
  const count = (): number => counted.get()?.count ?? 0;
  return {
    get: (key) => get.get(key),
    put: ({ callId, data, createdAtMs }) => void put.run(callId, data, Math.floor(createdAtMs)),
    count,
    prune(olderThanMs, maxEntries, maxBytes) {
      const old = removeOld.run(Math.floor(olderThanMs)).changes;
      const beyond = removeOldest.run(Math.max(0, count() - maxEntries)).changes;
      return old + beyond + pruneToBytes(size, removeOldest, maxBytes);
    },
  };
}

/** Removes the oldest rows while all together hold more; how many. */
function pruneToBytes(
  size: Statement<[], { bytes: number }>,
  removeOldest: Statement<[number]>,
  maxBytes: number,
): number {
  let removed = 0;
  while ((size.get()?.bytes ?? 0) > maxBytes) {
    const { changes } = removeOldest.run(PRUNE_BATCH);
    if (changes === 0) break;
    removed += changes;
  }
  return removed;
}
