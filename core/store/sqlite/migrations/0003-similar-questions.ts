/** Embeddings of questions whose answers are cached, so that one that means the same can be answered from there. */
import type { Migration } from './migration.ts';

const SCHEMA = `
CREATE TABLE similar_questions (
  answer_key TEXT PRIMARY KEY,
  question_group TEXT NOT NULL,
  literals TEXT NOT NULL,
  vector BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX similar_questions_group ON similar_questions (question_group, created_at);
CREATE INDEX similar_questions_created_at ON similar_questions (created_at);
`;

export const similarQuestions: Migration = {
  version: 3,
  name: 'similar-questions',
  up: (database) => void database.exec(SCHEMA),
};
