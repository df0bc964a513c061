/**
 * Hub events as the event stream of the Responses API: `response.created` and `response.in_progress`, the items, then
 * exactly one of `response.completed`, `response.incomplete`, `response.failed` with the whole output. An `error` event
 * goes before the last: OpenAI sends both, and some SDKs raise on one of them only.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
import type { Frame } from '../../base/framing.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import { type Loss, LossList } from '../../model/loss.ts';
import type { ReplyContext, StreamEncoder } from '../format.ts';
import { encodeErrorEvent } from './errors.ts';
import { type EventSink, OutputWriter } from './output-writer.ts';
import { ResponseBuilder, type ResponseObject } from './response-object.ts';

/** An encoder for one stream. */
export function encodeStream(context: ReplyContext): StreamEncoder {
  return new ResponsesEncoder(context);
}

class ResponsesEncoder implements StreamEncoder {
  readonly #losses = new LossList();
  readonly #builder: ResponseBuilder;
  readonly #writer: OutputWriter;
  #frames: Frame[] = [];
  #sequence = 0;
  #started = false;
  #over = false;

  constructor(context: ReplyContext) {
    this.#builder = new ResponseBuilder(context);
    const sink: EventSink = {
      emit: (type, members) => this.#raw(type, JSON.stringify(members).slice(1, -1)),
      raw: (type, members) => this.#raw(type, members),
    };
    this.#writer = new OutputWriter(context, this.#losses, sink);
  }

  push(event: ChatEvent): readonly Frame[] {
    if (this.#over) return [];
    if (event.type === 'start') this.#builder.start(event);
    this.#start();
    switch (event.type) {
      case 'start':
        break;
      case 'finish':
        this.#end(this.#builder.finished(event, this.#writer.finish(), this.#losses));
        break;
      case 'error':
        this.#raw('error', encodeErrorEvent(event));
        this.#end(this.#builder.failed(event, this.#writer.finish()));
        break;
      default:
        this.#writer.push(event);
    }
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  losses(): readonly Loss[] {
    return this.#losses.list();
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const response = this.#builder.inProgress().text();
    this.#raw('response.created', `"response":${response}`);
    this.#raw('response.in_progress', `"response":${response}`);
  }

  #end(response: ResponseObject): void {
    this.#over = true;
    const known = response.status === 'incomplete' || response.status === 'failed';
    const type = known ? `response.${response.status}` : 'response.completed';
    this.#raw(type, `"response":${response.text()}`);
  }

  #raw(type: string, members: string): void {
    this.#frames.push({ event: type, data: `{"type":"${type}","sequence_number":${this.#sequence},${members}}` });
    this.#sequence += 1;
  }
}

/** Throws events away: a whole answer needs only the items. */
export const NO_EVENTS: EventSink = {
  emit: (_type: string, _members: JsonObject) => undefined,
  raw: (_type: string, _members: string) => undefined,
};
