/** A whole answer for a Gemini client (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse). */
import type { JsonObject } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import { LossList } from '../../model/loss.ts';
import { foldReply, type Reply } from '../../model/reply.ts';
import type { EncodedReply, ReplyContext } from '../format.ts';
import type { CitedText } from './citations.ts';
import { encodeLogprobs } from './logprobs.ts';
import { candidateClosing, closing, envelope, errorBody, isBlocked } from './reply-frame.ts';
import { replyPart } from './reply-parts.ts';

/** Writes the answer; one that failed is the protocol's error body. */
export function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const losses = new LossList();
  const reply = foldReply(events);
  if (reply.error !== undefined) return { body: errorBody(reply.error), losses: [] };
  const finish = reply.finish ?? { type: 'finish', reason: 'other' };
  const choices = new Set([0, ...reply.parts.map(({ choice }) => choice), ...(finish.choices ?? []).map(choiceOf)]);
  const blocked = isBlocked(finish) && reply.parts.length === 0;
  const candidates = [...choices].sort((a, b) => a - b).map((choice) => candidate(reply, choice, losses));
  const body = {
    ...(blocked ? {} : { candidates }),
    ...closing(finish, reply.start, losses),
    ...envelope(reply.start, context),
  };
  return { body, losses: losses.list() };
}

function choiceOf({ choice }: { readonly choice: number }): number {
  return choice;
}

function candidate(reply: Reply, choice: number, losses: LossList): JsonObject {
  const texts: CitedText[] = [];
  const logprobs: JsonObject[] = [];
  const parts = reply.parts.flatMap(({ choice: of, part }, index) => {
    if (of !== choice) return [];
    if (part.type === 'text') {
      texts.push({ text: part.text, citations: part.citations ?? [] });
      logprobs.push(...(part.logprobs ?? []));
    }
    return replyPart(part, `parts[${index}]`, losses) ?? [];
  });
  const finish = reply.finish ?? { type: 'finish', reason: 'other' };
  return {
    content: { parts, role: 'model' },
    index: choice,
    ...candidateClosing(finish, { choice, texts }, losses),
    ...(logprobs.length > 0 && { logprobsResult: encodeLogprobs(logprobs) }),
  };
}
