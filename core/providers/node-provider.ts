/**
 * A custom node of the user's as a provider. It becomes the same shape as a row of the table, so nothing downstream
 * tells them apart.
 */
import { checkedBaseUrl } from './base-url.ts';
import { BEARER, chat, messages, responses, X_GOOG_API_KEY } from './define-provider.ts';
import type { Endpoint, Provider, Quirk } from './provider.ts';
import { PROVIDERS } from './table.ts';

/** What is needed of a stored node; the store's NodeRecord fits. */
export interface CustomNode {
  readonly id: string;
  readonly type: 'openai-compatible' | 'anthropic-compatible' | 'gemini-compatible';
  readonly name: string;
  /** The prefix of its model names. */
  readonly prefix: string;
  /** Only for openai-compatible; absent means chat. */
  readonly apiType?: 'chat' | 'responses';
  /** Ends in /v1 or /v1beta as a rule; one that ends in the endpoint's own path is accepted. */
  readonly baseUrl: string;
}

/**
 * The node as a provider: its URL is the base plus `/chat/completions`, `/responses`, `/messages` or
 * `/models/{model}:{action}`. At the host of a provider of the table, that provider's quirks apply. Throws
 * `invalid_request` when the base URL is unusable, saying why.
 */
export function nodeProvider(node: CustomNode): Provider {
  const given = checkedBaseUrl(node.baseUrl, `The base URL of "${node.name}"`);
  const endpoint = endpointOf(node);
  const quirks = quirksAt(given);
  return {
    id: node.id,
    alias: node.prefix,
    name: node.name,
    tier: 'own',
    custom: true,
    hosts: { api: withoutEndpointPath(given, endpoint) },
    endpoints: [endpoint],
    key: 'optional',
    modelList: { path: '/models', shape: LIST_SHAPES[node.type] },
    ...(node.type !== 'gemini-compatible' && { embeddings: { path: '/embeddings' } }),
    ...(quirks.length > 0 && { quirks }),
  };
}

const LIST_SHAPES = {
  'openai-compatible': 'openai',
  'anthropic-compatible': 'anthropic',
  'gemini-compatible': 'gemini',
} as const;

function endpointOf({ type, apiType }: CustomNode): Endpoint {
  if (type === 'anthropic-compatible') return messages('/messages', { countTokensPath: '/messages/count_tokens' });
  if (type === 'gemini-compatible') {
    const path = '/models/{model}:{action}';
    return { format: 'gemini', path, auth: X_GOOG_API_KEY, countTokensPath: '/models/{model}:countTokens' };
  }
  return apiType === 'responses'
    ? responses('/responses', { auth: BEARER })
    : chat('/chat/completions', { auth: BEARER });
}

/** People paste the address of the call itself: what the endpoint will append comes off first. */
function withoutEndpointPath(base: string, { format, path }: Endpoint): string {
  if (format === 'gemini') return base.replace(/\/models(\/[^/]+:[^/]*)?$/, '');
  return base.endsWith(path) ? base.slice(0, -path.length).replace(/\/+$/, '') : base;
}

/** A vendor deviates whether it is reached by its row or by a node that names its host. */
function quirksAt(base: string): readonly Quirk[] {
  const { host } = new URL(base);
  return PROVIDERS.find(({ hosts, tier }) => tier !== 'local' && new URL(hosts.api).host === host)?.quirks ?? [];
}
