/** An Ollama client's body as the hub's request (https://github.com/ollama/ollama/blob/main/docs/api.md#parameters-1). */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ChatRequest, OutputFormat, ReasoningOptions, Sampling, Tool } from '../../model/request.ts';
import type { RequestAddress } from '../format.ts';
import { decodeMessages } from './decode-messages.ts';
import { listOf, needObject, optionalBoolean, optionalNumber, optionalString, ownExt, refuse, restOf } from './wire.ts';

const KNOWN = ['model', 'messages', 'tools', 'format', 'options', 'stream', 'think', 'logprobs', 'top_logprobs'];
const SAMPLING = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['min_p', 'minP'],
  ['seed', 'seed'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
] as const;

/**
 * Reads a body of `/api/chat`. `stream` absent means false, as on every route of the gateway: the one object that
 * answers it is also a complete stream of one line, so clients that rely on Ollama's own default read it too. `ext` is
 * always there, so that encoders can tell which protocol the client speaks. Throws `invalid_request` with a path.
 */
export function decodeRequest(body: JsonObject, address: RequestAddress = {}): ChatRequest {
  const options = decodeOptions(body['options']);
  const stream = optionalBoolean(body['stream'], 'stream');
  const tools = body['tools'] === undefined || body['tools'] === null ? undefined : listOf(body['tools'], 'tools');
  const output = decodeFormat(body['format']);
  const reasoning = decodeThink(body['think']);
  const enabled = optionalBoolean(body['logprobs'], 'logprobs');
  const top = optionalNumber(body['top_logprobs'], 'top_logprobs');
  const data: JsonObject = {
    ...restOf(body, KNOWN),
    ...options.rest,
    ...(enabled === undefined && top !== undefined && { top_logprobs: top }),
  };
  return {
    model: optionalString(body['model'], 'model') ?? address.model ?? '',
    stream: stream ?? address.stream ?? false,
    messages: decodeMessages(listOf(body['messages'], 'messages')),
    ...(tools !== undefined && { tools: tools.map(decodeTool) }),
    ...options.known,
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
    ...(enabled !== undefined && { logprobs: { enabled, ...(top !== undefined && { top }) } }),
    ext: { origin: 'ollama-chat', data },
  };
}

interface DecodedOptions {
  readonly known: Pick<ChatRequest, 'sampling' | 'maxOutputTokens' | 'stop'>;
  /** What the hub has no word for, each under `options.<name>`. */
  readonly rest: JsonObject;
}

function decodeOptions(value: JsonValue | undefined): DecodedOptions {
  if (value === undefined || value === null) return { known: {}, rest: {} };
  const options = needObject(value, 'options');
  const sampling: { -readonly [K in keyof Sampling]: Sampling[K] } = {};
  for (const [wire, own] of SAMPLING) {
    const number = optionalNumber(options[wire], `options.${wire}`);
    if (number !== undefined) sampling[own] = number;
  }
  const limit = optionalNumber(options['num_predict'], 'options.num_predict');
  // Negative limits mean "no limit" and "fill the context", which are no limits of tokens.
  const limited = limit !== undefined && limit >= 0;
  const stop = decodeStop(options['stop']);
  const known = ['stop', ...SAMPLING.map(([wire]) => wire), ...(limited ? ['num_predict'] : [])];
  const rest = Object.entries(restOf(options, known)).map(([key, member]) => [`options.${key}`, member] as const);
  return {
    known: {
      ...(Object.keys(sampling).length > 0 && { sampling }),
      ...(limited && { maxOutputTokens: limit }),
      ...(stop !== undefined && { stop }),
    },
    rest: Object.fromEntries(rest),
  };
}

function decodeStop(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  return listOf(value, 'options.stop').map((item, index) =>
    typeof item === 'string' ? item : refuse(`options.stop[${index}]`, 'a string'),
  );
}

function decodeFormat(value: JsonValue | undefined): OutputFormat | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'json') return { type: 'json' };
  return isObject(value) ? { type: 'json-schema', schema: value } : refuse('format', '"json" or a JSON schema');
}

/** `think` is true, false, or how much: low, medium, high, max. */
function decodeThink(value: JsonValue | undefined): ReasoningOptions | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return { mode: value ? 'enabled' : 'disabled' };
  return typeof value === 'string' ? { effort: value } : refuse('think', 'true, false, "low", "medium" or "high"');
}

function decodeTool(value: JsonValue, index: number): Tool {
  const path = `tools[${index}]`;
  const tool = needObject(value, path);
  const type = optionalString(tool['type'], `${path}.type`) ?? 'function';
  if (type !== 'function') return { type: 'provider', name: type, ext: { origin: 'ollama-chat', data: tool } };
  const inside = needObject(tool['function'], `${path}.function`);
  const name = optionalString(inside['name'], `${path}.function.name`) ?? refuse(`${path}.function.name`, 'a string');
  const description = optionalString(inside['description'], `${path}.function.description`);
  const parameters = inside['parameters'] ?? undefined;
  const strict = optionalBoolean(inside['strict'], `${path}.function.strict`);
  const ext = ownExt({
    ...restOf(tool, ['type', 'function']),
    ...nested(restOf(inside, ['name', 'description', 'parameters', 'strict'])),
  });
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined && { schema: needObject(parameters, `${path}.function.parameters`) }),
    ...(strict !== undefined && { strict }),
    ...(ext !== undefined && { ext }),
  };
}

function nested(data: JsonObject): JsonObject {
  return Object.keys(data).length === 0 ? {} : { '#function': data };
}
