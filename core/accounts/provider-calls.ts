/**
 * The two calls that tell whether a key works: the list of models, and the smallest answer that the protocol allows.
 * Everything comes from the provider's row; the key goes into the header that the row names and nowhere else.
 */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { UpstreamFormatId } from '../model/format-id.ts';
import type { Endpoint, ModelList, Provider } from '../providers/provider.ts';
import type { HttpRequest } from './http.ts';

/** Some lists describe hundreds of models at length. */
const LIST_LIMIT_BYTES = 16 * 1024 * 1024;

const FORMATS_OF_SHAPE: Readonly<Record<ModelList['shape'], readonly UpstreamFormatId[]>> = {
  openai: ['openai-chat', 'openai-responses'],
  anthropic: ['anthropic-messages'],
  gemini: ['gemini'],
  ollama: ['ollama-chat'],
};

/** GET of the model list, with the authentication of the endpoint that speaks the list's protocol. */
export function modelListRequest(
  provider: Provider & { readonly modelList: ModelList },
  key: Secret | undefined,
  { query = {}, isLogin = false }: { query?: Readonly<Record<string, string>>; isLogin?: boolean } = {},
): HttpRequest {
  const { path, shape } = provider.modelList;
  const endpoint =
    provider.endpoints.find(({ format }) => FORMATS_OF_SHAPE[shape].includes(format)) ?? provider.endpoints[0];
  const url = new URL(joined(provider, path));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return {
    method: 'GET',
    url: url.href,
    headers: headersOf(endpoint, key, isLogin),
    answerLimitBytes: LIST_LIMIT_BYTES,
  };
}

/** A question of one word for one token (openai-responses: sixteen, its minimum) at the provider's first endpoint. */
export function probeRequest(provider: Provider, key: Secret | undefined, model: string): HttpRequest {
  const endpoint = provider.endpoints[0];
  const id = model.split('/').map(encodeURIComponent).join('/');
  const path = endpoint.path.replace('{model}', id).replace('{action}', 'generateContent');
  return {
    method: 'POST',
    url: joined(provider, path),
    headers: { 'content-type': 'application/json', ...headersOf(endpoint, key, false) },
    body: JSON.stringify(PROBES[endpoint.format](model)),
  };
}

const messages = [{ role: 'user', content: 'test' }];

const PROBES: Readonly<Record<UpstreamFormatId, (model: string) => JsonObject>> = {
  'openai-chat': (model) => ({ model, messages, max_tokens: 1 }),
  'openai-responses': (model) => ({ model, input: 'test', max_output_tokens: 16, store: false }),
  'anthropic-messages': (model) => ({ model, messages, max_tokens: 1 }),
  gemini: () => ({
    contents: [{ role: 'user', parts: [{ text: 'test' }] }],
    generationConfig: { maxOutputTokens: 1 },
  }),
  codewhisperer: (modelId) => ({
    conversationState: {
      chatTriggerType: 'MANUAL',
      conversationId: randomUUID(),
      currentMessage: { userInputMessage: { content: 'test', modelId, origin: 'AI_EDITOR' } },
    },
  }),
  'ollama-chat': (model) => ({ model, messages, stream: false, options: { num_predict: 1 } }),
};

function headersOf(endpoint: Endpoint, key: Secret | undefined, isLogin: boolean): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', ...endpoint.headers };
  const auth = isLogin ? endpoint.auth : (endpoint.keyAuth ?? endpoint.auth);
  if (key !== undefined) headers[auth.header] = (auth.prefix ?? '') + key.reveal();
  return headers;
}

function joined(provider: Provider, path: string): string {
  return provider.hosts.api.replace(/\/+$/, '') + path;
}
