/** What a person copies from the browser: the code, `code#state`, or the whole address that they were sent to. */
import { OmniError } from '../../base/errors.ts';

/** As the query of a redirect. Throws `invalid_request` for text that is none of them. */
export function pastedQuery(pasted: string): URLSearchParams {
  const text = pasted.trim();
  if (text === '' || text.length > 16_384 || /\s/.test(text)) throw unreadable();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const url = URL.parse(text);
    const query = new URLSearchParams(url?.search || url?.hash.replace(/^#/, '?') || '');
    // The address of the page that one signs in on may have a "code" too (Claude's says `code=true`).
    const isStart = query.has('client_id') || query.has('code_challenge');
    if (isStart || (!query.has('code') && !query.has('error'))) throw unreadable();
    return query;
  }
  if (/^\??(?:code|state|error)=/.test(text)) return new URLSearchParams(text.replace(/^\?/, ''));
  const [code = '', state] = text.split('#');
  return new URLSearchParams({ code, ...(state !== undefined && state !== '' && { state }) });
}

function unreadable(): OmniError {
  return new OmniError(
    'invalid_request',
    'This is neither a code nor the address of the page that you were sent to. Copy the code, or the whole address from the address bar, and paste it.',
    { path: 'code' },
  );
}
