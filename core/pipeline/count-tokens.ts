/**
 * How many tokens a request would cost as input: the upstream is asked where it has such a call, else a real tokenizer
 * counts the text. (https://docs.anthropic.com/en/api/messages-count-tokens, https://ai.google.dev/api/tokens)
 */

import { OmniError } from '../base/errors.ts';
import { asNumber, asObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { UPSTREAM_FORMATS } from '../formats/index.ts';
import type { Part } from '../model/part.ts';
import type { ChatRequest } from '../model/request.ts';
import { verdictOf } from '../routing/fallback-table.ts';
import { combosOf, type Target, targetOf } from '../routing/plan.ts';
import { resolve } from '../routing/resolve.ts';
import { callHeaders, fill } from '../upstream/address.ts';
import { readWhole } from '../upstream/answer-events.ts';
import { type CallBody, sendCall } from '../upstream/call.ts';
import { failureOf } from '../upstream/failure.ts';
import { withCredential } from '../upstream/ready.ts';
import { type Attempt, purposeOf } from './attempt.ts';
import type { Exchange } from './exchange.ts';
import { inlineMedia } from './inline-media.ts';
import { encodeTarget } from './lane-hub.ts';
import { type GeneratePorts, requirePermission } from './stages.ts';
import type { WalkPorts } from './walk-ports.ts';

type CountPorts = Pick<GeneratePorts, 'lanes' | 'walk'>;

const COUNT_TIMEOUT_MS = 30_000;
/** What an image costs where nobody can tell: about what vendors charge for one of a megapixel. */
const TOKENS_PER_IMAGE = 1_000;
/** Tokens that each message's frame adds in chat models (OpenAI's cookbook on counting tokens). */
const TOKENS_PER_MESSAGE = 4;

/** Input tokens of the exchange's request, by the first target of its route where that can tell. Throws `permission_denied` like a request. */
export async function countTokens(exchange: Exchange, ports: CountPorts): Promise<number> {
  requirePermission(exchange);
  const asked = firstReady(exchange, ports.walk);
  if (asked?.target.endpoint.countTokensPath !== undefined) {
    const { combos } = asked;
    const counting = withCredential(asked.target, exchange.cancellation, (target) =>
      askUpstream(exchange, { target, combos }, ports),
    );
    const counted = await counting.catch(unlessFault);
    if (counted !== undefined) return counted;
  }
  return countLocally(exchange.request());
}

/** A provider that cannot count at the moment is no reason to have no count; what is wrong with the request is. */
function unlessFault(error: unknown): undefined {
  if (!(error instanceof OmniError) || verdictOf(error).next === 'return') throw error;
}

type Asked = Pick<Attempt, 'target' | 'combos'>;

/** The first target of the plan that may be called now; a count is worth no waiting. */
function firstReady({ model, format, snapshot }: Exchange, { resilience }: WalkPorts): Asked | undefined {
  const [leg] = resolve(model, format, snapshot).legs;
  if (leg === undefined) return undefined;
  const accounts = leg.accounts.length > 0 ? leg.accounts : [undefined];
  const account = accounts.find((candidate) => resilience.standing(leg, candidate).state === 'ready');
  if (account === undefined && leg.accounts.length > 0) return undefined;
  return { target: targetOf(leg, account), combos: combosOf(leg) };
}

/** Undefined when the host has no such call after all. */
async function askUpstream(exchange: Exchange, asked: Asked, ports: CountPorts): Promise<number | undefined> {
  const { target, combos } = asked;
  const { countTokensPath } = target.endpoint;
  if (countTokensPath === undefined) return undefined;
  const isSame = exchange.format === target.endpoint.format && !exchange.scan.has('generateContentRequest');
  const answer = await sendCall(ports.walk.dispatcherFor(target, combos), {
    address: fill(target, countTokensPath, target.model, 'countTokens'),
    method: 'POST',
    headers: callHeaders(target, isSame ? exchange.headers : undefined),
    body: isSame ? sameBody(exchange, target) : JSON.stringify(await translatedBody(exchange, asked, ports)),
    cancellation: exchange.cancellation,
    headersTimeoutMs: COUNT_TIMEOUT_MS,
    idleTimeoutMs: COUNT_TIMEOUT_MS,
  });
  if (answer.status === 404 || answer.status === 405 || answer.status === 501) {
    answer.abort();
    return undefined;
  }
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(answer, target);
  const count = countIn(await readWhole(answer, target.account?.key));
  if (count === undefined)
    throw new OmniError('upstream_bad_response', 'The provider answered the token count without a number.');
  return count;
}

function sameBody(exchange: Exchange, target: Target): CallBody {
  return exchange.scan.has('model')
    ? exchange.scan.replace('model', JSON.stringify(target.model))
    : exchange.scan.pieces();
}

/** Also for a Gemini body that names its model a second time, inside `generateContentRequest`. */
async function translatedBody(exchange: Exchange, asked: Asked, ports: CountPorts): Promise<JsonObject> {
  const { target } = asked;
  const format = UPSTREAM_FORMATS[target.endpoint.format];
  const request = format.inlineMedia
    ? await inlineMedia(exchange.request(), ports.lanes, {
        signal: exchange.cancellation.signal,
        purpose: purposeOf(asked),
      })
    : exchange.request();
  const { body } = format.encodeRequest({ ...request, model: target.model, stream: false }, encodeTarget(target));
  if (target.endpoint.format === 'gemini') {
    return { generateContentRequest: { model: `models/${target.model}`, ...body } };
  }
  const { max_tokens: _limit, stream: _stream, temperature: _temperature, ...counted } = body;
  return counted;
}

function countIn(body: JsonValue): number | undefined {
  const object = asObject(body);
  return asNumber(object?.['input_tokens']) ?? asNumber(object?.['totalTokens']);
}

/** Counts by the tokenizer of current OpenAI models (o200k), which is near for all others. */
async function countLocally(request: ChatRequest): Promise<number> {
  const { countTokens: count } = await import('gpt-tokenizer/encoding/o200k_base');
  let total = 0;
  const ofPart = (part: Part): number => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return count(part.text);
      case 'tool-call':
        return count(part.name) + count(part.input);
      case 'tool-result':
        return part.content.reduce((sum, piece) => sum + ofPart(piece), 0);
      case 'media':
        return part.source.type === 'text' ? count(part.source.text) : TOKENS_PER_IMAGE;
      case 'opaque':
        return count(JSON.stringify(part.ext.data));
    }
  };
  for (const message of request.messages) {
    total += TOKENS_PER_MESSAGE + message.parts.reduce((sum, part) => sum + ofPart(part), 0);
  }
  for (const tool of request.tools ?? []) {
    total += count(
      JSON.stringify(
        tool.type === 'provider'
          ? tool.ext.data
          : { name: tool.name, description: tool.description, schema: 'schema' in tool ? tool.schema : {} },
      ),
    );
  }
  return total;
}
