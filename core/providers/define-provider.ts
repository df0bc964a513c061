/**
 * What a provider's row is written with: the few ways a key travels and the endpoints that most vendors share, so that a
 * row states only what is its own.
 */
import { globMatches } from '../base/glob.ts';
import type { AuthHeader, Endpoint, Provider } from './provider.ts';

/** `Authorization: Bearer KEY`, RFC 6750. */
export const BEARER: AuthHeader = { header: 'authorization', prefix: 'Bearer ' };
/** https://docs.anthropic.com/en/api/overview#authentication */
export const X_API_KEY: AuthHeader = { header: 'x-api-key' };
/** https://ai.google.dev/gemini-api/docs/api-key */
export const X_GOOG_API_KEY: AuthHeader = { header: 'x-goog-api-key' };
/** The version every call of the Messages API must name: https://docs.anthropic.com/en/api/versioning */
export const ANTHROPIC_VERSION: Readonly<Record<string, string>> = { 'anthropic-version': '2023-06-01' };

/** A row of the table, checked as it is written. */
export function defineProvider(row: Provider): Provider {
  return row;
}

type EndpointExtras = Partial<Omit<Endpoint, 'format' | 'path'>>;

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat */
export function chat(path: string, extras: EndpointExtras = {}): Endpoint {
  return { format: 'openai-chat', path, auth: BEARER, ...extras };
}

/** Responses: https://platform.openai.com/docs/api-reference/responses */
export function responses(path: string, extras: EndpointExtras = {}): Endpoint {
  return { format: 'openai-responses', path, auth: BEARER, ...extras };
}

/** Messages, with the version header: https://docs.anthropic.com/en/api/messages */
export function messages(path: string, extras: EndpointExtras = {}): Endpoint {
  return { format: 'anthropic-messages', path, auth: X_API_KEY, headers: ANTHROPIC_VERSION, ...extras };
}

/** Does the endpoint serve the model? `exceptModels` wins over `models`. */
export function endpointServes(endpoint: Endpoint, modelId: string): boolean {
  const { models, exceptModels = [] } = endpoint;
  if (exceptModels.some((glob) => globMatches(glob, modelId))) return false;
  return models === undefined || models.some((glob) => globMatches(glob, modelId));
}
