/**
 * Failures in the person's language, by their code (`core/base/errors.ts`). The server speaks English; what it says of a
 * field is kept, with a word before it that says what became of the input.
 */
import i18next from 'i18next';
import { formatMinutes } from './ui/format.ts';

/** What came with a failure besides its sentence. */
export interface FailureFacts {
  readonly code: string;
  /** The server's own. */
  readonly message: string;
  /** The field that was wrong. */
  readonly param?: unknown;
  readonly retryAfterMs?: unknown;
}

/** The sentence to show. */
export function sentenceOf({ code, message, param, retryAfterMs }: FailureFacts): string {
  const { t } = i18next;
  switch (code) {
    case 'wrong_password':
      // With a field it is not the password: a set-up link that is used up, say.
      return typeof param === 'string' ? message : t('failure.wrongPassword');
    case 'too_many_attempts':
      return typeof retryAfterMs === 'number' ? t('failure.tooMany', { wait: formatMinutes(retryAfterMs) }) : message;
    case 'unauthenticated':
      return t('failure.signedOut');
    case 'invalid_request':
    case 'conflict':
      return t('failure.refused', { message });
    default:
      return message;
  }
}

/** The sentence where nothing came back at all. */
export const noAnswer = (): string => i18next.t('error.unreachable');
