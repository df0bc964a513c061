/** OpenAI Chat Completions, the protocol of most clients and of all "OpenAI-compatible" hosts. */
import type { Format } from '../format.ts';
import { decodeReply } from './decode-reply.ts';
import { decodeRequest } from './decode-request.ts';
import { decodeStream } from './decode-stream.ts';
import { encodeReply } from './encode-reply.ts';
import { encodeRequest } from './encode-request.ts';
import { encodeStream } from './encode-stream.ts';
import { decodeError, encodeError } from './errors.ts';
import { observeStream } from './observe-stream.ts';
import { shaper } from './shape-request.ts';
import { FORMAT } from './wire.ts';

export const openaiChat: Format = {
  id: FORMAT,
  framing: 'sse',
  inlineMedia: false,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  observeStream,
  encodeError,
  decodeError,
  shaper,
};
