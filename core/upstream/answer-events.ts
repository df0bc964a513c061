/**
 * An upstream's answer as events, whatever it sent: a stream, a whole body, or the one where the other was asked for
 * (some hosts always stream, some ignore `stream`).
 */
import { OmniError } from '../base/errors.ts';
import { type Frame, readFrames } from '../base/framing.ts';
import { type JsonValue, parseJson } from '../base/json.ts';
import { scrubbed } from '../base/scrub.ts';
import type { Secret } from '../base/secret.ts';
import type { UpstreamFormat } from '../formats/format.ts';
import { shortErrorText } from '../model/error-text.ts';
import type { ChatEvent, ErrorEvent } from '../model/event.ts';
import type { Quirk } from '../providers/provider.ts';
import { readAll, type UpstreamAnswer } from './call.ts';

/** Largest whole answer held in memory. */
export const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;

export interface AnswerSource {
  readonly format: UpstreamFormat;
  readonly issuer: string;
  /** What was asked for; decides where the answer's content type does not. */
  readonly stream: boolean;
  /** The target's quirks; those with a frame hook see each frame before it is decoded. */
  readonly quirks?: readonly Quirk[];
  /** Takes an answer, or a frame's data, out of the vendor's envelope. */
  readonly unwrap?: ((body: JsonValue) => JsonValue) | undefined;
  /** The account's, to be kept out of what is said about an answer that cannot be read. */
  readonly key?: Secret;
}

/** True when the answer is a stream by its content type, or, where that says nothing, because one was asked for. */
export function isStream(answer: UpstreamAnswer, asked: boolean): boolean {
  const type = String(answer.headers['content-type'] ?? '');
  if (/event-?stream|ndjson/i.test(type)) return true;
  return asked && !/^application\/json\b/i.test(type);
}

/** Batches of events as they arrive. A failure of the upstream becomes an error event; only ours are thrown. */
export async function* answerEvents(
  answer: UpstreamAnswer,
  source: AnswerSource,
): AsyncGenerator<readonly ChatEvent[]> {
  const { format, issuer, unwrap } = source;
  const opened = unwrap === undefined ? [] : [(frame: Frame) => unwrapped(frame, unwrap)];
  const hooks = [...opened, ...(source.quirks ?? []).flatMap((quirk) => quirk.frame?.bind(quirk) ?? [])];
  try {
    if (!isStream(answer, source.stream)) {
      const body = await readWhole(answer, source.key);
      yield format.decodeReply(unwrap?.(body) ?? body, { issuer });
      return;
    }
    const decoder = format.decodeStream({ issuer });
    const reader = readFrames(framingOf(answer, format));
    for await (const chunk of answer.body) {
      const events = rewritten(reader.push(chunk), hooks).flatMap((frame) => decoder.push(frame));
      if (events.length > 0) yield events;
    }
    yield [...rewritten(reader.end(), hooks).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  } catch (error) {
    if (!(error instanceof OmniError)) throw error;
    yield [errorEvent(error)];
  }
}

type FrameHook = NonNullable<Quirk['frame']>;

function rewritten(frames: readonly Frame[], hooks: readonly FrameHook[]): readonly Frame[] {
  if (hooks.length === 0) return frames;
  return frames.flatMap((frame) => hooks.reduce<Frame | null>((kept, hook) => kept && hook(kept), frame) ?? []);
}

function unwrapped(frame: Frame, unwrap: (body: JsonValue) => JsonValue): Frame {
  const body = parseJson(frame.data);
  const inner = body === undefined ? undefined : unwrap(body);
  return inner === undefined || inner === body ? frame : { ...frame, data: JSON.stringify(inner) };
}

/** The whole body as JSON. Throws `upstream_bad_response` when it is none, with its beginning but without the key. */
export async function readWhole(
  answer: UpstreamAnswer,
  key?: Secret,
): Promise<NonNullable<ReturnType<typeof parseJson>>> {
  const text = (await readAll(answer.body, ANSWER_LIMIT_BYTES)).toString('utf8');
  const body = parseJson(text);
  if (body === undefined || body === null) {
    const said = text.trim() === '' ? 'empty.' : `not JSON: ${shortErrorText(scrubbed(text, key))}`;
    throw new OmniError('upstream_bad_response', `The provider's answer is ${said}`);
  }
  return body;
}

function framingOf(answer: UpstreamAnswer, format: UpstreamFormat): UpstreamFormat['framing'] {
  return /text\/event-stream/i.test(String(answer.headers['content-type'] ?? '')) ? 'sse' : format.framing;
}

/** A failure as the event that ends a reply. */
export function errorEvent({ code, message, upstreamCode, retryAfterMs }: OmniError): ErrorEvent {
  return {
    type: 'error',
    code,
    message,
    ...(upstreamCode !== undefined && { upstreamCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
