/** A whole answer for a client: the response object with the items that a stream would have built. */
import type { ChatEvent } from '../../model/event.ts';
import { LossList } from '../../model/loss.ts';
import { foldReply, replyEvents } from '../../model/reply.ts';
import type { EncodedReply, ReplyContext } from '../format.ts';
import { NO_EVENTS } from './encode-stream.ts';
import { OutputWriter } from './output-writer.ts';
import { ResponseBuilder } from './response-object.ts';

/** Writes an answer. One that broke off in an error becomes a response with status `failed`. */
export function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const losses = new LossList();
  const builder = new ResponseBuilder(context);
  const writer = new OutputWriter(context, losses, NO_EVENTS);
  const reply = foldReply(events);
  builder.start(reply.start);
  for (const event of replyEvents(reply)) {
    if (event.type === 'part-start' || event.type === 'part-delta' || event.type === 'part-end') writer.push(event);
  }
  const output = writer.finish();
  const finish = reply.finish ?? { type: 'finish', reason: 'other' };
  const response =
    reply.error === undefined ? builder.finished(finish, output, losses) : builder.failed(reply.error, output);
  return { body: response.object(), losses: losses.list() };
}
