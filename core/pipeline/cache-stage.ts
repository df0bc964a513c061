/**
 * Answers from the cache, where the request asks for no chance (temperature 0) and no stream. The key covers the whole
 * request in the hub's form, the route it would take and the API key; the answer is kept in the hub's form, so that a
 * client of any protocol gets it in its own.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { isSwitchedOn } from '../base/header-flag.ts';
import { asArray, parseJson } from '../base/json.ts';
import type { ChatEvent } from '../model/event.ts';
import type { ChatRequest } from '../model/request.ts';
import type { AnswerCache } from '../policy/answer-cache.ts';
import type { Answer, Exchange, Next, Reply, Stage } from './exchange.ts';
import { JSON_HEADERS, replyContext } from './lane.ts';
import { type GroupOf, type SimilarPorts, similarSearch } from './similar-answers.ts';

export interface CachePorts {
  readonly cache: AnswerCache;
  readonly similar: SimilarPorts;
  /** The models that the request would go to, in order. Throws what the plan throws. */
  routeOf(exchange: Exchange): string;
}

/** Every protocol writes it like this, so a request without it need not be decoded. */
const MENTIONS_TEMPERATURE = '"temperature"';

export function cacheStage({ cache, similar, routeOf }: CachePorts): Stage {
  const throughCache = async (exchange: Exchange, next: Next): Promise<Reply> => {
    const { caller, request } = exchange;
    const route = routeOf(exchange);
    const asked = askedOf(request());
    const key = digest([caller.apiKeyId ?? '', route, asked]);
    const kept = cache.get(key);
    if (kept !== undefined) return fromCache(exchange, kept, 'HIT');
    const groupOf: GroupOf = (masked, model) => digest(['group', model, caller.apiKeyId ?? '', route, masked]);
    const search = similarSearch(exchange, asked, groupOf, similar);
    const near = await search?.find();
    const alike = near === undefined ? undefined : cache.getSimilar(near);
    if (alike !== undefined) return fromCache(exchange, alike, 'SIMILAR');
    const reply = await next();
    if (reply.answer !== undefined && isWorthKeeping(reply.answer)) {
      keep(cache, key, reply.answer, caller.noLog === true);
      search?.remember(key, reply.answer.events);
    }
    return { ...reply, headers: { ...reply.headers, 'x-omniroute-cache': 'MISS' } };
  };
  return (exchange, next) => (cache.isEnabled() && mayBeCached(exchange) ? throughCache(exchange, next) : next());
}

function mayBeCached({ stream, scan, headers, request }: Exchange): boolean {
  if (stream || isSwitchedOn(headers['x-omniroute-no-cache']) || !scan.includes(MENTIONS_TEMPERATURE)) return false;
  return request().sampling?.temperature === 0 && !isKeptUpstream(request());
}

/** The answer becomes part of a conversation that the provider keeps: the same question would be another one next time. */
function isKeptUpstream({ ext }: ChatRequest): boolean {
  return ext?.origin === 'openai-responses' && (ext.data['conversation'] ?? null) !== null;
}

/** Only an answer to its end, and none that a filter cut. */
function isWorthKeeping({ events }: Answer): boolean {
  const last = events.at(-1);
  return (
    last?.type === 'finish' &&
    (last.reason === 'stop' || last.reason === 'stop-sequence' || last.reason === 'tool-calls')
  );
}

function keep(cache: AnswerCache, key: string, { events, target }: Answer, isPassing: boolean): void {
  const last = events.at(-1);
  const usage = last?.type === 'finish' ? last.usage : undefined;
  const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
  const model = `${target.provider.alias}/${target.model}`;
  cache.put(key, { model, events: JSON.stringify(events), tokens, isPassing });
}

/**
 * Left out of the key: the name asked for (the route says what it means), whether to stream, and with it the wish for
 * usage in the stream, and how the client spells its token limit. Everything else may change the answer.
 */
function askedOf(request: ChatRequest): Partial<ChatRequest> {
  const { model: _model, stream: _stream, includeUsage: _usage, maxOutputTokensField: _name, ext, ...rest } = request;
  return ext === undefined || Object.keys(ext.data).length === 0 ? rest : { ...rest, ext };
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

async function fromCache(exchange: Exchange, kept: string, how: 'HIT' | 'SIMILAR'): Promise<Reply> {
  const { body, losses } = exchange.codec.encodeReply(readEvents(kept), replyContext(exchange));
  exchange.ledger.serve('cache');
  exchange.ledger.lose(losses);
  await exchange.ledger.close('ok');
  return { status: 200, headers: { ...JSON_HEADERS, 'x-omniroute-cache': how }, body: JSON.stringify(body) };
}

/** Our own writing of a moment or a start ago. */
function readEvents(text: string): readonly ChatEvent[] {
  return asArray(parseJson(text)) as unknown as readonly ChatEvent[];
}
