/**
 * Spoken answers: `audio: {id, data, transcript, expires_at}`, in a stream piece by piece
 * (https://platform.openai.com/docs/guides/audio). The hub's media comes whole, so pieces are kept until the end.
 */
import { asString, type JsonObject } from '../../base/json.ts';
import type { MediaPart } from '../../model/part.ts';
import { ownData, withExt } from './wire.ts';

/** The reply does not tell the encoding (the request chose it); WAV is what the API's examples ask for. */
const MEDIA_TYPE = 'audio/wav';

export class AudioReader {
  readonly #pieces: string[] = [];
  #rest: JsonObject | undefined;

  push(audio: JsonObject): void {
    const { data, transcript, ...rest } = audio;
    if (typeof data === 'string') this.#pieces.push(data);
    const before = asString(this.#rest?.['transcript']) ?? '';
    const spoken = before + (asString(transcript) ?? '');
    this.#rest = { ...this.#rest, ...rest, ...(spoken !== '' && { transcript: spoken }) };
  }

  /** The whole of it; undefined when there was none. */
  take(): MediaPart | undefined {
    if (this.#rest === undefined) return undefined;
    const [only = ''] = this.#pieces;
    // Each piece is base64 of its own and may end in padding.
    const data =
      this.#pieces.length <= 1
        ? only
        : Buffer.concat(this.#pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
    const rest = this.#rest;
    this.#rest = undefined;
    this.#pieces.length = 0;
    return { type: 'media', kind: 'audio', source: { type: 'base64', mediaType: MEDIA_TYPE, data }, ...withExt(rest) };
  }
}

/** Audio of a reply for a client; undefined when it is not inline. */
export function encodeAudio(part: MediaPart): JsonObject | undefined {
  return part.source.type === 'base64' ? { ...ownData(part.ext), data: part.source.data } : undefined;
}
