/** Ollama's `/api/chat`, streamed as JSON lines (https://github.com/ollama/ollama/blob/main/docs/api.md). */
import type { Format } from '../format.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeReply, OllamaStreamEncoder } from './encode-reply.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError, encodeError } from './errors.ts';
import { OllamaObserver } from './observe-stream.ts';
import { decodeReply, decodeStream } from './reply-decoder.ts';
import { shaper } from './shape-request.ts';

export const ollamaChat: Format = {
  id: 'ollama-chat',
  framing: 'ndjson',
  inlineMedia: true,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream: (context) => new OllamaStreamEncoder(context),
  observeStream: () => new OllamaObserver(),
  encodeError,
  decodeError,
  shaper,
};
