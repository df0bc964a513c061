/**
 * Claude Code begins its system text with a line for its vendor's books, `x-anthropic-billing-header: …; cch=36ee5;`, which
 * is another one with each request. It says nothing to a model, and at any other provider, where prompts are cached by
 * their beginning, nothing would ever be read from the cache: https://github.com/anthropics/claude-code/issues/68900
 */
import type { Part } from './part.ts';
import type { ChatRequest, Message } from './request.ts';

export const BILLING_LINE = 'x-anthropic-billing-header';

const LINE = new RegExp(`^${BILLING_LINE}:[^\\n]*\\n*`);

/** The text without the line it begins with. */
export function withoutBillingLine(text: string): string {
  return text.replace(LINE, '');
}

/** The request without the line; the same object when it has none. */
export function withoutBilling(request: ChatRequest): ChatRequest {
  const [first, ...others] = request.messages;
  if (first?.role !== 'system' || !first.parts.some((part) => part.type === 'text' && LINE.test(part.text))) {
    return request;
  }
  const parts = first.parts.flatMap((part): Part[] => {
    if (part.type !== 'text') return [part];
    const text = withoutBillingLine(part.text);
    return text === '' ? [] : [{ ...part, text }];
  });
  const messages: readonly Message[] = parts.length === 0 ? others : [{ ...first, parts }, ...others];
  return { ...request, messages };
}
