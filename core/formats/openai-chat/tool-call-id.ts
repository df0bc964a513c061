/** Ids of tool calls as OpenAI takes them. */
import { createHash } from 'node:crypto';
import type { LossList } from '../../model/loss.ts';

/** OpenAI answers `string_above_max_length` to longer ones; other protocols and hosts make ids of up to 64 and more. */
const ID_LIMIT = 40;

/** The id, or a digest of one that is too long: the same for the call and its result. */
export function callId(id: string, path: string, losses: LossList): string {
  if (id.length <= ID_LIMIT) return id;
  const short = `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
  losses.add(
    'tool-id',
    path,
    `The tool call id "${id}" is longer than ${ID_LIMIT} characters and is sent as "${short}".`,
  );
  return short;
}
