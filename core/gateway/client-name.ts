/** Which program calls, for the usage by client: the first product of its User-Agent (RFC 9110, 10.1.5), without version. */
const NAME_LENGTH = 40;

/** `claude-cli/2.1 (external, cli)` is `claude-cli`, `OpenAI/Python 2.8.1` is `OpenAI/Python`; browsers are `browser`. */
export function clientName(userAgent: string | undefined): string | undefined {
  const product = /^[\w.+-]+(?:\/[a-z][\w.+-]*)?/i.exec(userAgent?.trim() ?? '')?.[0].slice(0, NAME_LENGTH);
  if (product === undefined) return undefined;
  return product === 'Mozilla' ? 'browser' : product;
}
