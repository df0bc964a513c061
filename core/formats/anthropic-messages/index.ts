/**
 * The Anthropic Messages API, as a client's format and as an upstream's: https://docs.anthropic.com/en/api/messages.
 * Images may be URLs here, so nothing is fetched before encoding.
 */
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

export const anthropicMessages: Format = {
  id: 'anthropic-messages',
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
