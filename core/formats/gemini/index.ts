/** Gemini's generateContent and streamGenerateContent, v1beta (https://ai.google.dev/api/generate-content). */
import type { Format } from '../format.ts';
import { decodeRequest } from './decode-request.ts';
import { decodeStream } from './decode-stream.ts';
import { encodeReply } from './encode-reply.ts';
import { encodeRequest } from './encode-request.ts';
import { GeminiStreamEncoder } from './encode-stream.ts';
import { decodeError, encodeError } from './errors.ts';
import { GeminiObserver } from './observe-stream.ts';
import { decodeReply } from './reply-decoder.ts';
import { shaper } from './shape-request.ts';

export const gemini: Format = {
  id: 'gemini',
  framing: 'sse',
  inlineMedia: true,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream: (context) => new GeminiStreamEncoder(context),
  observeStream: () => new GeminiObserver(),
  encodeError,
  decodeError,
  shaper,
};
