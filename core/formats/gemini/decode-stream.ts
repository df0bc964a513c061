/** A streamed answer: each frame's data is one chunk (https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent). */
import { parseJson } from '../../base/json.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { ReplyDecoder } from './reply-decoder.ts';

/** Reads frames with `alt=sse`, or the elements of the JSON array that comes without. Frames that are no JSON are ignored. */
export function decodeStream(source: DecodeSource): StreamDecoder {
  const decoder = new ReplyDecoder(source);
  return {
    push: ({ data }) => {
      const value = parseJson(data);
      return (Array.isArray(value) ? value : [value]).flatMap((chunk) => decoder.push(chunk));
    },
    end: () => decoder.end(false),
  };
}
