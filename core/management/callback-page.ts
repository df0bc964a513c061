/**
 * `/callback`: where a browser comes back to in a sign-in that a page of the caller's takes (facts.md B.5). It hands the
 * answer to the page that opened it, by message, by broadcast or by storage, whichever reaches, and closes; where none
 * does, it says what to copy. Everything stays on this origin.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const PATH = '/callback';
const SCRIPT_PATH = '/callback/script.js';

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign-in · OmniRoute</title><script src="${SCRIPT_PATH}" defer></script></head><body><main>
<h1>Going back to OmniRoute</h1><p id="state">The sign-in is handed over. You can close this page.</p>
<p id="help" hidden>If OmniRoute goes on waiting, copy the whole address of this page from the address bar, and paste it there.</p>
</main></body></html>`;

const SCRIPT = `const query = new URLSearchParams(location.search);
const answer = { type: 'oauth_callback', code: query.get('code'), state: query.get('state'), error: query.get('error'),
  errorDescription: query.get('error_description'), fullUrl: location.href };
if (answer.error !== null) document.getElementById('state').textContent = 'The provider did not sign you in. OmniRoute says what to do.';
const data = { type: 'oauth_callback', data: answer };
try { window.opener?.postMessage(data, location.origin); } catch (error) { console.warn(error); }
try { const channel = new BroadcastChannel('oauth_callback'); channel.postMessage(answer); channel.close(); } catch (error) { console.warn(error); }
try { localStorage.setItem('oauth_callback', JSON.stringify({ ...answer, timestamp: Date.now() })); } catch (error) { console.warn(error); }
setTimeout(() => window.close(), 1_500);
setTimeout(() => { document.getElementById('help').hidden = false; }, 2_500);
`;

/** The address holds a code: no referrer and no cache may learn it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

/** Answers GET and HEAD of the page and its script; false for every other path. */
export function serveCallbackPage(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  if (path !== PATH && path !== SCRIPT_PATH) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
    return true;
  }
  const [kind, text] = path === PATH ? ['html', PAGE] : ['javascript', SCRIPT];
  response.writeHead(200, {
    ...{ ...HEADERS, 'content-type': `text/${kind}; charset=utf-8` },
    'content-length': Buffer.byteLength(text),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
  return true;
}
