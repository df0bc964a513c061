/**
 * Compaction of a Responses conversation (https://platform.openai.com/docs/api-reference/responses/compact): the provider
 * gives back a shorter list of items, sealed for itself. It is forwarded as it is, with the model's name replaced; only
 * the provider that keeps the conversation can do it.
 */
import { OmniError } from '../base/errors.ts';
import { asObject, parseJson } from '../base/json.ts';
import { decodeUsage } from '../formats/openai-responses/usage.ts';
import type { Endpoint } from '../providers/provider.ts';
import type { Target } from '../routing/plan.ts';
import { callFacts, callHeaders, fill } from '../upstream/address.ts';
import { ANSWER_LIMIT_BYTES } from '../upstream/answer-events.ts';
import { readAll, sendCall } from '../upstream/call.ts';
import { failureOf } from '../upstream/failure.ts';
import { readLimits } from '../upstream/limits.ts';
import type { Attempt } from './attempt.ts';
import { bodiesStage } from './bodies-stage.ts';
import { compose, type Exchange, type Reply, type Stage } from './exchange.ts';
import { JSON_HEADERS } from './lane.ts';
import { type GeneratePorts, permit, record, withinBudget } from './stages.ts';
import { walk } from './walk.ts';

type CompactPorts = Pick<GeneratePorts, 'walk' | 'budgets' | 'bodies'>;

/** The pipeline for compaction, ready to run. */
export function compactPipeline({
  walk: ports,
  budgets,
  bodies,
}: CompactPorts): (exchange: Exchange) => Promise<Reply> {
  const attempt: Stage = (exchange) => walk(exchange, ports, (tried) => compact(exchange, tried));
  return compose([record, bodiesStage(bodies), permit, withinBudget(budgets), attempt]);
}

async function compact(
  exchange: Exchange,
  { target, dispatcher, cancellation, limits, sent, heard }: Attempt,
): Promise<Reply> {
  const endpoint = compactingEndpoint(target);
  const model = withoutSuffix(target);
  const call = callFacts({ ...target, endpoint }, { stream: false, body: () => exchange.body() });
  const answer = await sendCall(dispatcher, {
    address: fill(target, endpoint.compactPath, model),
    method: 'POST',
    headers: { ...callHeaders({ ...target, endpoint }, exchange.headers, call), accept: 'application/json' },
    body: exchange.scan.replace('model', JSON.stringify(model)),
    cancellation,
    sent,
    connectTimeoutMs: limits.connectMs,
    headersTimeoutMs: limits.totalMs,
    idleTimeoutMs: limits.idleMs,
  });
  heard(readLimits(answer.headers, Date.now()));
  if (answer.status < 200 || answer.status >= 300) throw await failureOf(answer, { ...target, endpoint });
  const bytes = await readAll(answer.body, ANSWER_LIMIT_BYTES);
  const body = asObject(parseJson(bytes.toString('utf8')));
  if (body === undefined)
    throw new OmniError(
      'upstream_bad_response',
      `${target.provider.name} compacted into something that is no JSON object.`,
    );
  exchange.ledger.use(decodeUsage(body['usage']));
  exchange.ledger.estimate(exchange.scan, bytes.length);
  exchange.ledger.firstContent();
  await exchange.ledger.close('ok');
  return { status: 200, headers: JSON_HEADERS, body: bytes };
}

/** `gpt-5.3-codex-high`: how hard it is to think says nothing here. */
function withoutSuffix({ provider, model }: Target): string {
  const suffix = provider.modelSuffixes?.find((end) => model.endsWith(end));
  return suffix === undefined ? model : model.slice(0, -suffix.length);
}

function compactingEndpoint({ provider, model }: Target): Endpoint & { readonly compactPath: string } {
  for (const endpoint of provider.endpoints) {
    const { compactPath } = endpoint;
    if (compactPath !== undefined) return { ...endpoint, compactPath };
  }
  throw new OmniError(
    'unsupported_parameter',
    `${provider.name} compacts no conversations, so "${model}" cannot. Let the client do it: send the conversation in input.`,
    { path: 'model' },
  );
}
