/**
 * System text for models whose template takes one system message, at the beginning ("System message must be at the
 * beginning."), and no developer: https://github.com/vllm-project/vllm/issues/41114. What stands later in the conversation
 * stays there, for its place says when it holds, and moving it to the front would cost the provider's prompt cache.
 */
import type { LossList } from './loss.ts';
import type { Part } from './part.ts';
import type { Message } from './request.ts';

const OPENING = '<system-reminder>';
const CLOSING = '</system-reminder>';

/** The messages with the first system and developer texts in one system message and later ones in what the user says. */
export function withSystemFirst(messages: readonly Message[], losses: LossList): readonly Message[] {
  const first = messages.findIndex((message) => !isSystem(message));
  const leading = first < 0 ? messages : messages.slice(0, first);
  const out: Message[] = [];
  if (leading.length > 0) out.push(joined(leading, losses));
  /** The last message of `out` holds nothing but system text, which a user message after it takes up. */
  let isReminder = false;
  for (const [index, message] of messages.slice(leading.length).entries()) {
    const path = `messages[${leading.length + index}]`;
    const last = out.at(-1);
    if (isSystem(message)) {
      losses.add('system-role', path, `The ${message.role} text in the conversation is sent as part of the user's.`);
      const parts = message.parts.map(wrapped);
      if (last?.role === 'user') out[out.length - 1] = { ...last, parts: [...last.parts, ...parts] };
      else out.push({ role: 'user', parts });
      isReminder ||= last?.role !== 'user';
    } else {
      if (isReminder && message.role === 'user' && last !== undefined) {
        out[out.length - 1] = { ...message, parts: [...last.parts, ...message.parts] };
      } else out.push(message);
      isReminder = false;
    }
  }
  return out;
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function joined(leading: readonly Message[], losses: LossList): Message {
  leading.forEach(({ role }, index) => {
    if (role === 'developer') losses.add('developer-role', `messages[${index}]`, 'The developer text is system text.');
  });
  const [only] = leading;
  if (only !== undefined && leading.length === 1) return { ...only, role: 'system' };
  return { role: 'system', parts: leading.flatMap(({ parts }) => parts) };
}

function wrapped(part: Part): Part {
  return part.type === 'text' ? { ...part, text: asReminder(part.text) } : part;
}

/** System text among what the user says, marked as what it is in the way that coding tools do it themselves. */
export function asReminder(text: string): string {
  return text.trimStart().startsWith(OPENING) ? text : `${OPENING}\n${text}\n${CLOSING}`;
}
