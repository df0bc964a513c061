/**
 * Where tool results stand. Protocols that pair calls and results strictly (Anthropic, Gemini, OpenAI chat) want the
 * results of a turn directly after the turn that called, while clients send them in any order. Results are moved, never
 * invented: a call without a result stays as the client sent it.
 */
import type { LossList } from './loss.ts';
import type { ToolResultPart } from './part.ts';
import type { Message } from './request.ts';

/**
 * The messages with each tool result in one `tool` message directly after the assistant message that holds its call, in
 * the order of the calls. A result whose call is nowhere before it is left out, a second result for one call too; both
 * are losses. Result parts get the call's tool name where they lack one.
 */
export function arrangeToolResults(messages: readonly Message[], losses: LossList): readonly Message[] {
  const results = collectResults(messages, losses);
  const out: Message[] = [];
  for (const message of messages) {
    const rest = message.parts.filter((part) => part.type !== 'tool-result');
    if (rest.length > 0 || message.parts.length === 0) {
      out.push(rest.length === message.parts.length ? message : { ...message, parts: rest });
    }
    if (message.role !== 'assistant') continue;
    const answers = message.parts.flatMap((part) => {
      const answer = part.type === 'tool-call' ? results.get(part.id)?.shift() : undefined;
      if (part.type !== 'tool-call' || answer === undefined) return [];
      return [answer.name === undefined ? { ...answer, name: part.name } : answer];
    });
    if (answers.length > 0) out.push({ role: 'tool', parts: answers });
  }
  return out;
}

/** The results by call id, in order: some hosts give every turn's calls the same ids, so one id may have several. */
function collectResults(messages: readonly Message[], losses: LossList): Map<string, ToolResultPart[]> {
  const calls = new Map<string, number>();
  const results = new Map<string, ToolResultPart[]>();
  messages.forEach((message, at) => {
    message.parts.forEach((part, index) => {
      if (part.type === 'tool-call') calls.set(part.id, (calls.get(part.id) ?? 0) + 1);
      if (part.type !== 'tool-result') return;
      const answers = results.get(part.callId) ?? [];
      if (answers.length < (calls.get(part.callId) ?? 0)) results.set(part.callId, [...answers, part]);
      else losses.add('tool-result-orphan', `messages[${at}].parts[${index}]`, orphanDetail(part, results));
    });
  });
  return results;
}

function orphanDetail(part: ToolResultPart, results: ReadonlyMap<string, unknown>): string {
  return results.has(part.callId)
    ? `A second result for the call "${part.callId}" is left out.`
    : `The result for "${part.callId}" is left out: no call before it has this id.`;
}
