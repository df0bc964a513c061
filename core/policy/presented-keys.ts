/** Where clients of the various protocols put their key, in the order in which they are looked at (facts.md C.3). */
import type { IncomingHttpHeaders } from 'node:http';

/** A key longer than this is nobody's. */
const KEY_LENGTH_LIMIT = 512;

/**
 * The keys a request carries: `Authorization: Bearer`, `x-api-key` (Anthropic), `x-goog-api-key` and `?key=` (Gemini).
 * Some tools send a placeholder in one and the real key in another, so all are returned.
 */
export function presentedKeys(headers: IncomingHttpHeaders, url: string | undefined): string[] {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const found = [bearer, single(headers['x-api-key']), single(headers['x-goog-api-key']), keyOfQuery(url)];
  const keys = found.flatMap((key) => (key === undefined || key.trim() === '' ? [] : [key.trim()]));
  return [...new Set(keys)].filter((key) => key.length <= KEY_LENGTH_LIMIT);
}

function keyOfQuery(url: string | undefined): string | undefined {
  const start = url?.indexOf('?') ?? -1;
  if (url === undefined || start < 0 || !url.includes('key=', start)) return undefined;
  return new URLSearchParams(url.slice(start + 1)).get('key') ?? undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
