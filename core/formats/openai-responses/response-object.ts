/**
 * The `response` object a client receives: every member strict SDKs expect. Settings are echoed from the client's own
 * body; where it set nothing, OpenAI's documented defaults stand, in the echo only.
 * https://platform.openai.com/docs/api-reference/responses/object
 */
import { asObject, asString, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ErrorEvent, FinishEvent, StartEvent } from '../../model/event.ts';
import type { LossList } from '../../model/loss.ts';
import type { ReplyContext } from '../format.ts';
import { encodeResponseError } from './errors.ts';
import { encodeUsage } from './usage.ts';
import { ownData } from './wire.ts';

const ECHO_DEFAULTS: Readonly<Record<string, JsonValue>> = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  prompt_cache_retention: null,
  safety_identifier: null,
  store: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** The settings of a client's body as every response object repeats them. */
export function echoOf(body: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const [key, standard] of Object.entries(ECHO_DEFAULTS)) out[key] = body[key] ?? standard;
  out['reasoning'] = { effort: null, summary: null, ...asObject(body['reasoning']) };
  const text = asObject(body['text']) ?? {};
  out['text'] = { ...text, format: isObject(text['format']) ? text['format'] : { type: 'text' } };
  return out;
}

/** A response object in the making: `object` to hand out, `text` as JSON with the long echo serialised only once. */
export interface ResponseObject {
  readonly status: string;
  object(): JsonObject;
  text(): string;
}

/** Builds the response objects of one reply: while it runs, when it is complete, when it failed. */
export class ResponseBuilder {
  readonly #context: ReplyContext;
  readonly #echo: JsonObject;
  #echoText: string | undefined;
  #start: StartEvent = { type: 'start' };

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#echo = echoOf(context.body);
  }

  start(event: StartEvent): void {
    this.#start = event;
  }

  inProgress(): ResponseObject {
    return this.#build('in_progress', { error: null, incomplete_details: null, output: [], usage: null });
  }

  /** The finished object. Reasons this protocol has no word for are losses. */
  finished(finish: FinishEvent, output: readonly JsonObject[], losses: LossList): ResponseObject {
    const own = ownData(finish.ext) ?? {};
    const [status, details] = endingOf(finish, own, losses);
    const tier = asString(own['service_tier']);
    if (finish.usage?.cacheWrite1hTokens !== undefined) {
      losses.add('usage-detail', 'finish.usage', 'How long the written cache is kept is not told.');
    }
    return this.#build(status, {
      error: null,
      incomplete_details: details,
      output: [...output],
      usage: encodeUsage(finish.usage),
      ...(tier !== undefined && { service_tier: tier }),
    });
  }

  /** The object of a reply that broke off, with what was made until then. */
  failed(error: ErrorEvent, output: readonly JsonObject[]): ResponseObject {
    const members = { error: encodeResponseError(error), incomplete_details: null, output: [...output], usage: null };
    return this.#build('failed', members);
  }

  #build(status: string, members: JsonObject): ResponseObject {
    const { id, model, createdAtS, ext } = this.#start;
    const accepted = id?.startsWith('resp_') === true ? id : asString(ownData(ext)?.['id']);
    const head: JsonObject = {
      id: accepted ?? `resp_${this.#context.id}`,
      object: 'response',
      created_at: createdAtS ?? this.#context.createdAtS,
      status,
      model: model ?? this.#context.model,
      service_tier: this.#context.body['service_tier'] ?? 'auto',
      ...members,
    };
    return {
      status,
      object: () => ({ ...head, ...this.#echo }),
      text: () => {
        this.#echoText ??= JSON.stringify(this.#echo);
        return `${JSON.stringify(head).slice(0, -1)},${this.#echoText.slice(1)}`;
      },
    };
  }
}

/** `status` and `incomplete_details`. */
function endingOf(finish: FinishEvent, own: JsonObject, losses: LossList): readonly [string, JsonValue] {
  const incomplete = (reason: string): readonly [string, JsonValue] => ['incomplete', { reason }];
  const complete = ['completed', null] as const;
  switch (finish.reason) {
    case 'stop':
    case 'tool-calls':
      return complete;
    case 'length':
      return incomplete('max_output_tokens');
    case 'refusal':
      return incomplete('content_filter');
    case 'stop-sequence':
      losses.add('finish-reason', 'finish.stopSequence', 'That a stop sequence ended the reply is not told.');
      return complete;
    case 'pause':
    case 'other':
      if (typeof own['status'] === 'string') {
        return [own['status'], own['incomplete_details'] ?? null];
      }
      losses.add('finish-reason', 'finish.reason', `The reply ends as completed; the reason was "${finish.reason}".`);
      return complete;
  }
}
