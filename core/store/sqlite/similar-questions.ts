/** Embeddings of questions with cached answers, bounded in number and time. Vectors are 32-bit floats, little-endian. */
import type { Database } from 'better-sqlite3';
import type { SimilarQuestionRecord } from '../records.ts';
import type { SimilarQuestionRepository } from '../store.ts';

type Row = Omit<SimilarQuestionRecord, 'vector'> & { readonly vector: Buffer };

export function similarQuestionRepository(database: Database): SimilarQuestionRepository {
  const put = database.prepare<[string, string, string, Buffer, number, number]>(
    `INSERT OR REPLACE INTO similar_questions (answer_key, question_group, literals, vector, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const list = database.prepare<[string, number, number], Row>(
    `SELECT answer_key AS answerKey, question_group AS "group", literals, vector, created_at AS createdAtMs,
       expires_at AS expiresAtMs
     FROM similar_questions WHERE question_group = ? AND expires_at > ? ORDER BY created_at DESC LIMIT ?`,
  );
  const counted = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM similar_questions');
  const removeExpired = database.prepare<[number]>('DELETE FROM similar_questions WHERE expires_at <= ?');
  const removeOldest = database.prepare<[number]>(
    'DELETE FROM similar_questions WHERE answer_key IN (SELECT answer_key FROM similar_questions ORDER BY created_at LIMIT ?)',
  );
  const clear = database.prepare('DELETE FROM similar_questions');
  const count = (): number => counted.get()?.count ?? 0;
  return {
    list: (group, nowMs, limit) =>
      list.all(group, Math.floor(nowMs), limit).map((row) => ({ ...row, vector: floats(row.vector) })),
    put({ answerKey, group, literals, vector, createdAtMs, expiresAtMs }) {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      put.run(answerKey, group, literals, bytes, Math.floor(createdAtMs), Math.floor(expiresAtMs));
    },
    count,
    prune(nowMs, maxEntries) {
      const expired = removeExpired.run(Math.floor(nowMs)).changes;
      return expired + removeOldest.run(Math.max(0, count() - maxEntries)).changes;
    },
    clear: () => clear.run().changes,
  };
}

/** A copy: the bytes of a row need not be aligned to four. */
function floats(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
