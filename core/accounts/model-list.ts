/**
 * A provider's list of models, in the four shapes in use, page by page:
 * https://platform.openai.com/docs/api-reference/models/list, https://docs.anthropic.com/en/api/models-list,
 * https://ai.google.dev/api/models#method:-models.list, https://docs.ollama.com/api/tags.
 */
import { OmniError } from '../base/errors.ts';
import { asArray, asObject, asString, type JsonObject, objectsOf, parseJson } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import { upstreamError } from '../model/upstream-error.ts';
import type { ModelList, Provider } from '../providers/provider.ts';
import { answerError } from './answer-error.ts';
import type { HttpSend } from './http.ts';
import { modelListRequest } from './provider-calls.ts';

type Query = Readonly<Record<string, string>>;
type Shape = ModelList['shape'];

interface ModelPage {
  readonly models: readonly string[];
  /** Query of the next page. */
  readonly next?: Query;
}

const PAGE_LIMIT = 20;
const FIRST_PAGE: Readonly<Record<Shape, Query>> = {
  openai: {},
  anthropic: { limit: '1000' },
  gemini: { pageSize: '1000' },
  ollama: {},
};

export interface ModelListCall {
  readonly provider: Provider & { readonly modelList: ModelList };
  readonly key: Secret | undefined;
  /** The key is a login's token. */
  readonly isLogin?: boolean;
  readonly send: HttpSend;
  readonly signal: AbortSignal;
}

/** The ids, in the provider's order, each once. Throws `upstream_*` errors whose messages never hold the key. */
export async function fetchModelList({
  provider,
  key,
  isLogin,
  send,
  signal,
}: ModelListCall): Promise<readonly string[]> {
  const { shape } = provider.modelList;
  const ids = new Set<string>();
  let query: Query | undefined = FIRST_PAGE[shape];
  for (let page = 0; query !== undefined && page < PAGE_LIMIT; page += 1) {
    const answer = await send(modelListRequest(provider, key, { query, isLogin: isLogin === true }), signal);
    if (answer.status >= 400) throw upstreamError(answerError(answer, key), answer.status);
    const read = answer.status < 300 ? readModelPage(shape, answer.body) : undefined;
    if (read === undefined)
      throw new OmniError(
        'upstream_bad_response',
        `${provider.name} did not answer with a list of models (status ${answer.status}). Check the address.`,
      );
    for (const id of read.models) ids.add(id);
    query = read.next;
  }
  return [...ids];
}

/** One page, or undefined when the text is not such a list. */
export function readModelPage(shape: Shape, text: string): ModelPage | undefined {
  const parsed = parseJson(text);
  // Together lists its models as a bare array: https://docs.together.ai/reference/models-1
  const body: JsonObject | undefined = Array.isArray(parsed) ? { data: parsed } : asObject(parsed);
  const entries = body?.['data'] ?? body?.['models'];
  if (body === undefined || !Array.isArray(entries)) return undefined;
  return { models: objectsOf(entries).flatMap((entry) => READERS[shape](entry) ?? []), ...nextPage(shape, body) };
}

const READERS: Readonly<Record<Shape, (entry: JsonObject) => string | undefined>> = {
  openai: (entry) => asString(entry['id']),
  anthropic: (entry) => asString(entry['id']),
  gemini: (entry) => {
    const methods = entry['supportedGenerationMethods'];
    if (methods !== undefined && !asArray(methods).includes('generateContent')) return undefined;
    return asString(entry['name'])?.replace(/^models\//, '');
  },
  ollama: (entry) => asString(entry['model']) ?? asString(entry['name']),
};

function nextPage(shape: Shape, body: JsonObject): { readonly next?: Query } {
  const token = asString(body['nextPageToken']);
  if (shape === 'gemini' && token !== undefined && token !== '')
    return { next: { ...FIRST_PAGE.gemini, pageToken: token } };
  const last = asString(body['last_id']);
  if (shape === 'anthropic' && body['has_more'] === true && last !== undefined)
    return { next: { ...FIRST_PAGE.anthropic, after_id: last } };
  return {};
}
