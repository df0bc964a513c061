/**
 * The client-facing surface as a table, matched on the raw path: model ids may hold slashes and Gemini puts an action
 * behind a colon, which path patterns cannot say. Tolerated: a missing `/v1`, a doubled one, `/api` before it, doubled and trailing slashes.
 */
import { withoutTrailingSlashes } from '../base/request-path.ts';
import type { FormatId } from '../model/format-id.ts';
import { isManagementPath } from '../policy/door.ts';

export type GeminiAction = 'generateContent' | 'streamGenerateContent' | 'countTokens';

export type Route =
  | { readonly kind: 'generate'; readonly format: FormatId; readonly endpoint: string; readonly provider?: string }
  | { readonly kind: 'gemini'; readonly model: string; readonly action: GeminiAction }
  | { readonly kind: 'completions' }
  | { readonly kind: 'count-tokens' }
  | { readonly kind: 'compact' }
  | { readonly kind: 'embeddings'; readonly provider?: string }
  | { readonly kind: 'models'; readonly gemini: boolean }
  | { readonly kind: 'model'; readonly id: string; readonly gemini: boolean }
  | { readonly kind: 'ollama-tags' }
  | { readonly kind: 'ollama-show' }
  | { readonly kind: 'ollama-running' }
  | { readonly kind: 'ollama-version' }
  | { readonly kind: 'responses-socket' }
  | { readonly kind: 'root' }
  | { readonly kind: 'health' };

export type Match =
  | { readonly type: 'route'; readonly route: Route }
  | { readonly type: 'wrong-method'; readonly allowed: readonly string[] }
  /** A path of this surface's that does not exist. */
  | { readonly type: 'unknown' }
  /** Not this surface's at all: management, the dashboard. */
  | { readonly type: 'foreign' };

/** Paths that clients with a base URL without `/v1` ask for. `/providers` and `/providers/{id}` are the dashboard's. */
const WITHOUT_VERSION =
  /^\/(chat\/completions|completions|responses|messages|models|embeddings|providers\/[^/]+(?=\/[^/]))(?=\/|:|$)/;

type Method = 'GET' | 'POST';

interface FixedPath {
  readonly method: Method;
  readonly route: Route;
}

const generate = (format: FormatId, endpoint: string): FixedPath => ({
  method: 'POST',
  route: { kind: 'generate', format, endpoint },
});

const FIXED: Readonly<Record<string, FixedPath>> = {
  '/v1/chat/completions': generate('openai-chat', '/v1/chat/completions'),
  '/v1/responses': generate('openai-responses', '/v1/responses'),
  '/v1/responses/compact': { method: 'POST', route: { kind: 'compact' } },
  '/v1/messages': generate('anthropic-messages', '/v1/messages'),
  '/v1/api/chat': generate('ollama-chat', '/api/chat'),
  '/api/chat': generate('ollama-chat', '/api/chat'),
  '/v1/completions': { method: 'POST', route: { kind: 'completions' } },
  '/v1/messages/count_tokens': { method: 'POST', route: { kind: 'count-tokens' } },
  '/v1/embeddings': { method: 'POST', route: { kind: 'embeddings' } },
  '/v1/models': { method: 'GET', route: { kind: 'models', gemini: false } },
  '/v1beta/models': { method: 'GET', route: { kind: 'models', gemini: true } },
  '/v1': { method: 'GET', route: { kind: 'models', gemini: false } },
  '/api/tags': { method: 'GET', route: { kind: 'ollama-tags' } },
  '/v1/api/tags': { method: 'GET', route: { kind: 'ollama-tags' } },
  '/api/show': { method: 'POST', route: { kind: 'ollama-show' } },
  '/v1/api/show': { method: 'POST', route: { kind: 'ollama-show' } },
  '/api/ps': { method: 'GET', route: { kind: 'ollama-running' } },
  '/api/version': { method: 'GET', route: { kind: 'ollama-version' } },
  '/': { method: 'GET', route: { kind: 'root' } },
  '/health': { method: 'GET', route: { kind: 'health' } },
};

/**
 * The path with its version put right, slashes single and none at its end: `//v1/v1/models/` is `/v1/models`, as are
 * `/v1beta/v1/models` and `/api/v1/models` (clients add their version to a base URL that has one, or an end slash).
 */
export function normalPath(path: string): string {
  const normal = withoutTrailingSlashes(path.replace(/\/{2,}/g, '/'))
    .replace(/^\/api(?=\/v1(?:beta)?(?:\/|$))/, '')
    .replace(/^(?:\/v1(?:beta)?)+(?=\/v1(?:beta)?(?:\/|$))/, '');
  return WITHOUT_VERSION.test(normal) ? `/v1${normal}` : normal;
}

/** What a request is for. `path` is without query; HEAD counts as GET. */
export function matchRoute(method: string, path: string): Match {
  const normal = Object.hasOwn(FIXED, path) ? path : normalPath(path);
  const asked = method === 'HEAD' ? 'GET' : method;
  if (normal === '/v1/responses' && asked === 'GET') return { type: 'route', route: { kind: 'responses-socket' } };
  const found = Object.hasOwn(FIXED, normal) ? FIXED[normal] : withParameters(normal);
  if (found !== undefined) {
    if (found.method === asked) return { type: 'route', route: found.route };
    return { type: 'wrong-method', allowed: found.method === 'GET' ? ['GET', 'HEAD'] : ['POST'] };
  }
  if (/^\/v1(beta)?(\/|$)/.test(normal)) return { type: 'unknown' };
  return { type: 'foreign' };
}

function withParameters(path: string): FixedPath | undefined {
  const ofProvider = /^\/v1\/providers\/([^/]+)\/(chat\/completions|embeddings)$/.exec(path);
  if (ofProvider) {
    const provider = decoded(ofProvider[1] ?? '');
    const route: Route =
      ofProvider[2] === 'embeddings'
        ? { kind: 'embeddings', provider }
        : { kind: 'generate', format: 'openai-chat', endpoint: '/v1/providers/chat/completions', provider };
    return { method: 'POST', route };
  }
  // SDKs leave `models/` out where the model's id holds a slash: they take it for a resource's full name.
  const action = /^\/v1(?:beta)?\/(?:models\/)?(.+)(?::|%3A)(generateContent|streamGenerateContent|countTokens)$/i.exec(
    path,
  );
  if (action?.[1] !== undefined) {
    return { method: 'POST', route: { kind: 'gemini', model: decoded(action[1]), action: geminiAction(action[2]) } };
  }
  const ofModel = /^\/v1(beta)?\/models\/(.+)$/.exec(path);
  if (ofModel?.[2] === undefined) return undefined;
  return { method: 'GET', route: { kind: 'model', id: decoded(ofModel[2]), gemini: ofModel[1] !== undefined } };
}

function geminiAction(name: string | undefined): GeminiAction {
  return name === 'countTokens' || name === 'streamGenerateContent' ? name : 'generateContent';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What stands behind the colon is an action of Gemini's, also one that is not served; `llama3:8b` has a tag there. */
const GEMINI_ACTION = /^\/v1\/.+(?::|%3A)(?:\w+Contents?|countTokens|predict\w*)$/i;

/** The protocol whose error shape a path's callers expect; management's is that of OpenAI. */
export function errorFormat(path: string, headers: { readonly [name: string]: unknown }): FormatId {
  const normal = normalPath(path);
  if (normal.startsWith('/v1beta') || GEMINI_ACTION.test(normal)) return 'gemini';
  if (normal.startsWith('/v1/messages')) return 'anthropic-messages';
  if (isManagementPath(normal)) return 'openai-chat';
  if (normal.startsWith('/api/') || normal.startsWith('/v1/api/')) return 'ollama-chat';
  if (normal.startsWith('/v1/models') && headers['anthropic-version'] !== undefined) return 'anthropic-messages';
  if (normal.startsWith('/v1/models') && headers['x-goog-api-key'] !== undefined) return 'gemini';
  return normal.startsWith('/v1/responses') ? 'openai-responses' : 'openai-chat';
}
