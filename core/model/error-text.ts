/** What an upstream says in an error that is no JSON of its protocol: plain text, an HTML page of a proxy. */

const LIMIT = 500;

/** The text of an error page without tags and runs of white space, at most 500 characters. */
export function shortErrorText(text: string): string {
  const plain = text
    .slice(0, 20_000)
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? 'The provider answered with an empty error.' : plain.slice(0, LIMIT);
}
