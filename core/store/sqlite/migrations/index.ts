/** All steps of the schema, oldest first. */
import { initial } from './0001-initial.ts';
import { routing } from './0002-routing.ts';
import { similarQuestions } from './0003-similar-questions.ts';
import { observability } from './0004-observability.ts';
import { logins } from './0005-logins.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [initial, routing, similarQuestions, observability, logins];
