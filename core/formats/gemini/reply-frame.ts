/** What a chunk and a whole answer have in common: the envelope, and the candidates' closing fields. */
import { ERRORS } from '../../base/errors.ts';
import { asObject, type JsonObject } from '../../base/json.ts';
import type { ErrorEvent, FinishEvent, FinishReason, StartEvent } from '../../model/event.ts';
import type { LossList } from '../../model/loss.ts';
import type { Usage } from '../../model/usage.ts';
import type { ReplyContext } from '../format.ts';
import { type CitedText, encodeCitations } from './citations.ts';
import { statusWord } from './errors.ts';
import { wordFor } from './finish.ts';
import { encodeUsage } from './usage.ts';

/** The fields that name the answer. */
export function envelope(start: StartEvent, context: ReplyContext): JsonObject {
  const created = start.ext?.origin === 'gemini' ? start.ext.data['createTime'] : undefined;
  return {
    modelVersion: start.model ?? context.model,
    responseId: start.id ?? context.id,
    ...(created !== undefined && { createTime: created }),
  };
}

/** The usage and the answer's further fields that close it. */
export function closing(finish: FinishEvent, start: StartEvent, losses: LossList): JsonObject {
  const usage = finish.usage ?? start.usage;
  reportUsage(usage, losses);
  const { candidates: _candidates, ...own } = ownData(finish);
  return { ...(usage !== undefined && { usageMetadata: encodeUsage(usage) }), ...own };
}

function reportUsage(usage: Usage | undefined, losses: LossList): void {
  if (usage?.cacheWriteTokens === undefined || usage.cacheWriteTokens === 0) return;
  losses.add('usage-detail', 'usage', 'Gemini does not tell tokens written to the cache apart from other input.');
}

function ownData(finish: FinishEvent): JsonObject {
  return finish.ext?.origin === 'gemini' ? finish.ext.data : {};
}

/** The prompt was blocked, so that the answer has no candidate. */
export function isBlocked(finish: FinishEvent): boolean {
  return asObject(ownData(finish)['promptFeedback'])?.['blockReason'] !== undefined;
}

/** A candidate's reason and further fields: the upstream's own, else what the hub knows of sources. */
export function candidateClosing(
  finish: FinishEvent,
  { choice, texts }: { readonly choice: number; readonly texts: readonly CitedText[] },
  losses: LossList,
): JsonObject {
  const reason = choice === 0 ? finish.reason : reasonOfChoice(finish, choice);
  if (reason === 'pause' || reason === 'stop-sequence') {
    losses.add('finish-reason', 'finish', `Gemini has no word for "${reason}"; the answer ends with STOP.`);
  }
  const own = asObject(asObject(ownData(finish)['candidates'])?.[String(choice)]);
  const grounded = own?.['groundingMetadata'] !== undefined || own?.['citationMetadata'] !== undefined;
  const groundingMetadata = grounded ? undefined : encodeCitations(texts, losses);
  return {
    finishReason: wordFor(reason),
    ...(groundingMetadata !== undefined && { groundingMetadata }),
    ...own,
  };
}

function reasonOfChoice(finish: FinishEvent, choice: number): FinishReason {
  return finish.choices?.find((one) => one.choice === choice)?.reason ?? 'other';
}

/** The error that ends a stream, or stands for an answer. `status` is a word of google.rpc.Code, no other maker's code. */
export function errorBody(error: ErrorEvent): JsonObject {
  const { status } = ERRORS[error.code];
  const own = error.upstreamCode !== undefined && /^[A-Z_]+$/.test(error.upstreamCode) ? error.upstreamCode : undefined;
  return { error: { code: status, message: error.message, status: own ?? statusWord(status) } };
}
