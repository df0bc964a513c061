/**
 * Embeddings in OpenAI's shape (https://platform.openai.com/docs/api-reference/embeddings): forwarded with the model's
 * name replaced, or, for Gemini hosts, through `batchEmbedContents` (https://ai.google.dev/api/embeddings).
 */
import { OmniError } from '../base/errors.ts';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  compact,
  isObject,
  type JsonObject,
  type JsonValue,
  objectsOf,
  parseJson,
} from '../base/json.ts';
import { UPSTREAM_FORMATS } from '../formats/index.ts';
import type { Target } from '../routing/plan.ts';
import { callHeaders, fill } from '../upstream/address.ts';
import { ANSWER_LIMIT_BYTES } from '../upstream/answer-events.ts';
import { readAll, sendCall, type UpstreamAnswer } from '../upstream/call.ts';
import { failureOf, reportedError } from '../upstream/failure.ts';
import { readLimits } from '../upstream/limits.ts';
import type { Attempt } from './attempt.ts';
import { bodiesStage } from './bodies-stage.ts';
import { compose, type Exchange, type Reply, type Stage } from './exchange.ts';
import { JSON_HEADERS } from './lane.ts';
import { type GeneratePorts, permit, record, withinBudget } from './stages.ts';
import { walk } from './walk.ts';

type EmbeddingPorts = Pick<GeneratePorts, 'walk' | 'budgets' | 'bodies'>;

/** The pipeline for embeddings, ready to run. */
export function embeddingsPipeline({
  walk: ports,
  budgets,
  bodies,
}: EmbeddingPorts): (exchange: Exchange) => Promise<Reply> {
  const attempt: Stage = (exchange) => walk(exchange, ports, (tried) => embed(exchange, tried));
  return compose([record, bodiesStage(bodies), permit, withinBudget(budgets), attempt]);
}

async function embed(
  exchange: Exchange,
  { target, dispatcher, cancellation, limits, sent, heard }: Attempt,
): Promise<Reply> {
  const isGemini = target.endpoint.format === 'gemini';
  const path = isGemini ? target.endpoint.path : target.provider.embeddings?.path;
  if (path === undefined) {
    throw new OmniError(
      'unsupported_parameter',
      `${target.provider.name} offers no embeddings. Choose a model of another provider.`,
      { path: 'model' },
    );
  }
  const answer = await sendCall(dispatcher, {
    address: fill(target, path, target.model, 'batchEmbedContents'),
    method: 'POST',
    headers: callHeaders(target),
    body: isGemini
      ? JSON.stringify(geminiRequest(exchange.body(), target.model))
      : exchange.scan.replace('model', JSON.stringify(target.model)),
    cancellation,
    sent,
    connectTimeoutMs: limits.connectMs,
    headersTimeoutMs: limits.firstContentMs,
    idleTimeoutMs: limits.idleMs,
  });
  heard(readLimits(answer.headers, Date.now()));
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(answer, target);
  const answered = await readJson(answer, target);
  const body = isGemini ? geminiAnswer(answered, exchange) : answered;
  const usage = asObject(body['usage']);
  const inputTokens = asNumber(usage?.['prompt_tokens']);
  if (inputTokens !== undefined) exchange.ledger.use({ inputTokens, outputTokens: 0 });
  else exchange.ledger.estimate(exchange.scan, 0);
  exchange.ledger.firstContent();
  await exchange.ledger.close('ok');
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

function geminiRequest(body: JsonObject, model: string): JsonObject {
  const input = body['input'];
  const texts = Array.isArray(input) ? input : [input ?? ''];
  return {
    requests: texts.map((text): JsonObject => {
      if (typeof text !== 'string') {
        throw new OmniError('unsupported_parameter', 'Gemini embeds text, not token ids. Send strings in input.', {
          path: 'input',
        });
      }
      return compact({
        model: `models/${model}`,
        content: { parts: [{ text }] },
        outputDimensionality: asNumber(body['dimensions']),
      });
    }),
  };
}

function geminiAnswer(answered: JsonObject, exchange: Exchange): JsonObject {
  const embeddings = objectsOf(answered['embeddings']);
  const asBase64 = asString(exchange.body()['encoding_format']) === 'base64';
  const data = embeddings.map((entry, index): JsonObject => {
    const values = asArray(entry['values']).filter((value) => typeof value === 'number');
    return { object: 'embedding', index, embedding: asBase64 ? packed(values) : values };
  });
  return { object: 'list', data, model: exchange.model, usage: { prompt_tokens: 0, total_tokens: 0 } };
}

/** Little-endian 32-bit floats in base64, OpenAI's `encoding_format: base64`. */
function packed(values: readonly JsonValue[]): string {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeFloatLE(Number(value), index * 4);
  });
  return bytes.toString('base64');
}

/** Some hosts report an error with status 200; that is no answer either. */
async function readJson(answer: UpstreamAnswer, target: Target): Promise<JsonObject> {
  const body = asObject(parseJson((await readAll(answer.body, ANSWER_LIMIT_BYTES)).toString('utf8')));
  if (body === undefined)
    throw new OmniError(
      'upstream_bad_response',
      'The provider answered embeddings with something that is no JSON object.',
    );
  const error = body['error'];
  if (isObject(error) || typeof error === 'string')
    throw reportedError(UPSTREAM_FORMATS[target.endpoint.format].decodeError(body), target);
  return body;
}
