/** Conversations of system text alone, which OpenAI's chat answers and other protocols refuse: they want a message. */
import type { LossList } from './loss.ts';
import type { ChatRequest } from './request.ts';

/** The request with the last of its system texts as what the user says, where nobody says anything. */
export function withSomethingSaid(request: ChatRequest, losses: LossList): ChatRequest {
  const { messages } = request;
  const last = messages.at(-1);
  if (last === undefined || messages.some(({ role }) => role !== 'system' && role !== 'developer')) return request;
  losses.add('system-role', `messages[${messages.length - 1}]`, `The ${last.role} text is sent as the user's.`);
  return { ...request, messages: [...messages.slice(0, -1), { role: 'user', parts: last.parts }] };
}
