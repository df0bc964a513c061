/**
 * The conversation API of AWS's CodeWhisperer, which Kiro speaks: a JSON request and a binary event stream as its answer.
 * Only upstreams speak it, so it has no half for clients. Shapes: the service model of `amzn-codewhisperer-streaming-client`
 * in https://github.com/aws/amazon-q-developer-cli.
 */
import type { UpstreamFormat } from '../format.ts';
import { decodeReply, decodeStream } from './decode-stream.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError } from './errors.ts';

export const codewhisperer: UpstreamFormat = {
  id: 'codewhisperer',
  framing: 'aws-event-stream',
  inlineMedia: true,
  encodeRequest,
  decodeReply,
  decodeStream,
  decodeError,
};
