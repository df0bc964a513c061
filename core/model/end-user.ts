/**
 * The caller's id of its end user on the way to another protocol. OpenAI and compatible hosts refuse ids above 64
 * characters or with unusual ones, while Anthropic clients send whole JSON objects of well over a hundred
 * (https://github.com/looplj/axonhub/issues/1669). The same user gets the same id for ever.
 */
import { createHash } from 'node:crypto';
import type { LossList } from './loss.ts';

const ACCEPTED = /^[\w.:@|-]{1,64}$/;

/** The id, or a digest of one that OpenAI's hosts would refuse. */
export function acceptableUser(user: string, losses: LossList): string {
  if (ACCEPTED.test(user)) return user;
  const digest = createHash('sha256').update(user).digest('hex').slice(0, 32);
  losses.add('user', 'user', `The id of the end user is longer than the API takes and is sent as "user_${digest}".`);
  return `user_${digest}`;
}
