/** The service takes ids of at most 64 letters, digits, hyphens and underscores. */
import { createHash } from 'node:crypto';
import type { LossList } from '../../model/loss.ts';

const ACCEPTED = /^[a-zA-Z0-9_-]{1,64}$/;

/** The id to send: the same one always gives the same, so a call and its result still belong together. */
export function wireCallId(id: string, path: string, losses: LossList): string {
  if (ACCEPTED.test(id)) return id;
  const wire = `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
  losses.add('tool-id', path, `The call id "${id.slice(0, 80)}" is sent as "${wire}".`);
  return wire;
}
