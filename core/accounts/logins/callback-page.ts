/** The page that the browser shows when a provider has sent it back: words only, no script, nothing of the URL. */

export interface PageText {
  readonly title: string;
  readonly sentence: string;
}

/** The provider's redirect holds a code: no page and no cache may learn it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  connection: 'close',
};

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto 0;padding:0 1.5rem;color:#1c1c1e;background:#fff}h1{font-size:1.4rem}@media(prefers-color-scheme:dark){body{color:#eee;background:#18181b}}';

export function callbackPage({ title, sentence }: PageText): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · OmniRoute</title><style>${STYLE}</style></head><body><h1>${escaped(title)}</h1><p>${escaped(sentence)}</p></body></html>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
