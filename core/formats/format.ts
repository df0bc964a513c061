/**
 * The seam between a wire format and the rest: drivers implement it (`formats/<id>/index.ts`), one contract suite
 * (`tests/contract/format.test.ts`) holds for all of them. A format has two halves, one towards clients and one towards
 * upstreams; most have both. Codecs are pure and synchronous: a stream codec takes one
 * frame or event and returns what it yields, so the same bytes give the same events however they were cut, and no
 * promise is made per token.
 */
import type { OmniError } from '../base/errors.ts';
import type { Frame, FramingId, WireFramingId } from '../base/framing.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ChatEvent } from '../model/event.ts';
import type { FormatId, UpstreamFormatId } from '../model/format-id.ts';
import type { Loss } from '../model/loss.ts';
import type { ChatRequest } from '../model/request.ts';
import type { RequestShaper } from '../model/shaping.ts';
import type { ToolNames } from '../model/tool-names.ts';
import type { UpstreamErrorBody } from '../model/upstream-error.ts';
import type { Usage } from '../model/usage.ts';

/** Both halves: what a client and an upstream of this format need. */
export interface Format extends ClientFormat, UpstreamFormat {
  readonly id: FormatId;
  /** How this format streams. (Gemini's JSON array is chosen by the route, not here.) */
  readonly framing: FramingId;
  /** Reads a stream on the side while its bytes pass through from upstream to client. */
  observeStream(): StreamObserver;
}

export interface ClientFormat {
  /**
   * Reads a client's body. Throws `invalid_request` with the JSON path of what is wrong. Nothing is filled in:
   * `stream` absent means false. `address` holds what the protocol puts in the URL (Gemini, Ollama default).
   */
  decodeRequest(body: JsonObject, address?: RequestAddress): ChatRequest;
  /** Writes a whole answer for a client. */
  encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply;
  encodeStream(context: ReplyContext): StreamEncoder;
  /** An error as this protocol's clients expect it, before any content. */
  encodeError(error: OmniError): { readonly status: number; readonly body: JsonObject };
  /** What the user's settings change in a client's body. */
  readonly shaper: RequestShaper;
}

export interface UpstreamFormat {
  readonly id: UpstreamFormatId;
  readonly framing: WireFramingId;
  /** True where images and files must be inline base64: the pipeline fetches remote ones before encoding. */
  readonly inlineMedia: boolean;
  /** Writes a request for an upstream of this format. Never adds what the client did not ask for. */
  encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest;
  /** Reads an upstream's whole answer (HTTP 2xx). A body that carries an error yields an error event. */
  decodeReply(body: JsonValue, source: DecodeSource): ChatEvent[];
  decodeStream(source: DecodeSource): StreamDecoder;
  /** Reads the body of an upstream's error answer; never throws, whatever the body is. */
  decodeError(body: JsonValue | string): UpstreamErrorBody;
}

export interface RequestAddress {
  readonly model?: string;
  readonly stream?: boolean;
}

export interface EncodeTarget {
  /** The model's id at the upstream. */
  readonly model: string;
  /** Who will read it: the provider's id or the custom node's. Decides which signatures go along (`extBelongsTo`). */
  readonly issuer: string;
  /** The model's own output limit from the catalog, for formats that demand one; used only when the client sent none. */
  readonly maxOutputTokens?: number;
  /** How the model is told to reason where its protocol has two ways (Anthropic, Gemini); `budget` when unknown. */
  readonly reasoningStyle?: 'effort' | 'budget';
  /** The host keeps answers for later unless a request says otherwise. */
  readonly keepsAnswers?: boolean;
}

export interface EncodedRequest {
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
  /** For giving the reply's tool calls their names back. */
  readonly toolNames: ToolNames;
}

export interface DecodeSource {
  /** Who answered: becomes `ext.issuer` of signatures and encrypted content. */
  readonly issuer: string;
}

export interface ReplyContext {
  /** An id for the reply, in case the upstream gave none the protocol accepts: 24 characters `[a-z0-9]`. */
  readonly id: string;
  /** The model as the client asked for it. */
  readonly model: string;
  readonly createdAtS: number;
  /** What was asked, for protocols that echo it and for options that shape the answer (`includeUsage`). */
  readonly request: ChatRequest;
  /** The client's own body, for protocols that echo settings verbatim (Responses). */
  readonly body: JsonObject;
}

export interface EncodedReply {
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
}

export interface StreamDecoder {
  push(frame: Frame): readonly ChatEvent[];
  /**
   * The upstream closed. Yields the outstanding finish when the protocol's end was reached (held back for late usage,
   * say), else an `upstream_stream_cut` error event. Nothing after finish or error.
   */
  end(): readonly ChatEvent[];
}

export interface StreamEncoder {
  /** Frames for one event. On an error event: the protocol's own way to end a stream that failed, complete. */
  push(event: ChatEvent): readonly Frame[];
  losses(): readonly Loss[];
}

/**
 * What a frame of a passing stream means. `prelude`: nothing the client could not do without yet; `content`: the first
 * or a further piece of the answer; `end`: the protocol's last frame; `error`: the upstream reports a failure.
 */
export type FrameMeaning = 'prelude' | 'content' | 'end' | 'error';

export interface StreamObserver {
  /** Cheap: after the first content, frames that cannot matter are not parsed. */
  push(frame: Frame): FrameMeaning;
  summary(): StreamSummary;
}

export interface StreamSummary {
  /** The protocol's end was seen, so closing now is a clean end. */
  readonly ended: boolean;
  readonly usage?: Usage;
  /** The usage counts the input; its output was not counted yet. */
  readonly isOutputOpen?: boolean;
  readonly model?: string;
  readonly error?: UpstreamErrorBody;
  /** Characters of content seen, for an estimate where the upstream told no usage. */
  readonly contentLength: number;
}
