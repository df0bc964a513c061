/** From a raw request to an exchange: body read and scanned, protocol decided by the endpoint, client watched. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Cancellation } from '../base/cancellation.ts';
import { OmniError } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import { JsonScan } from '../base/json-scan.ts';
import { FORMATS } from '../formats/index.ts';
import { openaiCompletions } from '../formats/openai-completions/index.ts';
import type { FormatId } from '../model/format-id.ts';
import type { ChatRequest } from '../model/request.ts';
import type { Caller, ClientCodec, Exchange } from '../pipeline/exchange.ts';
import { type ItemShelf, keepingCodec } from '../pipeline/kept-items.ts';
import { Ledger, type LedgerOpening } from '../pipeline/ledger.ts';
import { sessionIdOf } from '../pipeline/session-id.ts';
import { checkModelString } from '../routing/resolve.ts';
import type { Snapshot } from '../routing/snapshot.ts';
import { clientName } from './client-name.ts';
import type { GatewayPorts } from './gateway.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';

/** The routes that carry a body for a model. */
export type ExchangeOpening = Extract<
  Route,
  { kind: 'generate' | 'completions' | 'gemini' | 'count-tokens' | 'compact' | 'embeddings' }
>;

interface Opener {
  readonly opening: ExchangeOpening;
  readonly caller: Caller;
  readonly ports: Pick<GatewayPorts, 'snapshot' | 'ledger' | 'maxBodyBytes'>;
  /** Items of answers to Responses clients, which later requests may name. */
  readonly shelf: ItemShelf;
}

const NEVER_STREAMED: ReadonlySet<ExchangeOpening['kind']> = new Set(['embeddings', 'count-tokens', 'compact']);

/** A body up to this size is parsed for its faults; of a larger one only the outline is checked, the rest is the upstream's. */
const VALIDATED_BYTES = 8_192;

/**
 * Reads the body and opens the exchange. Throws `invalid_json`, `invalid_request`, `payload_too_large`, `client_closed`;
 * such a request is recorded like any other, but for counts of tokens, which use none.
 */
export async function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  opener: Opener,
): Promise<Exchange> {
  const { opening, caller, ports } = opener;
  const side = sideOf(opening);
  const id = randomId();
  const clientFormat = opening.kind === 'embeddings' ? 'other' : side.format;
  const client = clientName(request.headers['user-agent']);
  const session = sessionIdOf(request.headers);
  const account: LedgerOpening = {
    id,
    endpoint: side.endpoint,
    clientFormat,
    caller,
    ...(client !== undefined && { client }),
    ...(session !== undefined && { session }),
  };
  const ledger = new Ledger(ports.ledger, account);
  try {
    const scan = new JsonScan(await readBody(request, ports.maxBodyBytes()));
    return exchangeOf(scan, { request, response, opener, side, id, ledger });
  } catch (error) {
    if (!isCount(opening)) await ledger.fail(error);
    throw error;
  }
}

/** The model that an Ollama client asks about, under its present or its first name. Throws like `openExchange`. */
export async function askedModel(request: IncomingMessage, limitBytes: number): Promise<string> {
  const scan = new JsonScan(await readBody(request, limitBytes));
  const model = scan.value('model') ?? scan.value('name');
  if (typeof model === 'string' && model !== '') return model;
  throw new OmniError('invalid_request', 'model is missing. GET /api/tags lists what there is.', { path: 'model' });
}

function isCount(opening: ExchangeOpening): boolean {
  return opening.kind === 'count-tokens' || (opening.kind === 'gemini' && opening.action === 'countTokens');
}

interface Begun {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly opener: Opener;
  readonly side: Side;
  readonly id: string;
  readonly ledger: Ledger;
}

function exchangeOf(scan: JsonScan, { request, response, opener, side, id, ledger }: Begun): Exchange {
  const { opening, caller, ports } = opener;
  const { format, endpoint } = side;
  const codec =
    format === 'openai-responses' ? keepingCodec(side.codec, opener.shelf, caller.apiKeyId ?? '') : side.codec;
  let body: JsonObject | undefined = scan.length <= VALIDATED_BYTES ? scan.parse() : undefined;
  const snapshot = ports.snapshot();
  const address =
    opening.kind === 'gemini'
      ? { model: opening.model, stream: opening.action === 'streamGenerateContent' }
      : undefined;
  const stream = address?.stream ?? (!NEVER_STREAMED.has(opening.kind) && wantsStream(scan));
  const isArray = address?.stream === true && !/[?&]alt=sse(&|$)/.test(request.url ?? '');
  let decoded: ChatRequest | undefined;
  const parsed = (): JsonObject => {
    body ??= scan.parse();
    return body;
  };
  return {
    id,
    endpoint,
    format,
    codec,
    mayPass: opening.kind !== 'completions' && !isArray,
    framing: isArray ? 'json-array' : FORMATS[format].framing,
    headers: request.headers,
    scan,
    ...(address && { address }),
    model: modelOf(opening, scan, snapshot),
    stream,
    caller,
    snapshot,
    cancellation: watch(response),
    ledger,
    body: parsed,
    request: () => {
      decoded ??= codec.decodeRequest(parsed(), address);
      return decoded;
    },
  };
}

interface Side {
  readonly format: FormatId;
  readonly endpoint: string;
  readonly codec: ClientCodec;
}

function sideOf(opening: ExchangeOpening): Side {
  switch (opening.kind) {
    case 'generate':
      return { format: opening.format, endpoint: opening.endpoint, codec: FORMATS[opening.format] };
    case 'completions':
      return { format: 'openai-chat', endpoint: '/v1/completions', codec: openaiCompletions };
    case 'gemini':
      return { format: 'gemini', endpoint: `/v1beta/models:${opening.action}`, codec: FORMATS.gemini };
    case 'count-tokens':
      return {
        format: 'anthropic-messages',
        endpoint: '/v1/messages/count_tokens',
        codec: FORMATS['anthropic-messages'],
      };
    case 'compact':
      return { format: 'openai-responses', endpoint: '/v1/responses/compact', codec: FORMATS['openai-responses'] };
    case 'embeddings':
      return { format: 'openai-chat', endpoint: '/v1/embeddings', codec: FORMATS['openai-chat'] };
  }
}

function wantsStream(scan: JsonScan): boolean {
  const stream = scan.value('stream');
  if (stream === undefined || stream === null || typeof stream === 'boolean') return stream === true;
  throw new OmniError('invalid_request', 'stream must be true or false.', { path: 'stream' });
}

function modelOf(opening: ExchangeOpening, scan: JsonScan, snapshot: Snapshot): string {
  if (scan.repeats('model')) {
    // The key's permission would be checked on one of them, and the upstream might read the other.
    throw new OmniError('invalid_request', 'model stands twice in the body. Name one.', { path: 'model' });
  }
  const model = opening.kind === 'gemini' ? opening.model : scan.value('model');
  if (typeof model !== 'string' || model === '') {
    throw new OmniError('invalid_request', 'model is missing. Name one, like "openai/gpt-5".', { path: 'model' });
  }
  checkModelString(model);
  const provider = 'provider' in opening ? opening.provider : undefined;
  return provider === undefined ? model : qualified(model, provider, snapshot);
}

/** On a provider's own route a missing prefix is added and another provider's is refused (facts.md C.7). */
function qualified(model: string, name: string, snapshot: Snapshot): string {
  const provider = snapshot.providerByPrefix.get(name);
  if (provider === undefined) throw new OmniError('invalid_request', `There is no provider "${name}".`);
  const slash = model.indexOf('/');
  const named = slash < 0 ? undefined : snapshot.providerByPrefix.get(model.slice(0, slash));
  if (named === undefined) return `${provider.alias}/${model}`;
  if (named.id === provider.id) return model;
  if (snapshot.catalog.find(provider.id, model) !== undefined) return `${provider.alias}/${model}`;
  throw new OmniError('invalid_request', `The model "${model}" belongs to ${named.name}, not to ${provider.name}.`, {
    path: 'model',
  });
}

/** Cancelled when the client's connection closes before the reply is complete, or did so while the body was unpacked. */
function watch(response: ServerResponse): Cancellation {
  const cancellation = new Cancellation();
  if (response.destroyed) cancellation.cancel();
  response.on('close', () => {
    if (!response.writableFinished) cancellation.cancel();
  });
  return cancellation;
}
