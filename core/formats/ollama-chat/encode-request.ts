/** The hub's request as a body for Ollama's `/api/chat` (https://github.com/ollama/ollama/blob/main/docs/api.md). */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { customInputSchema } from '../../model/custom-input.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import { type LossFeature, LossList } from '../../model/loss.ts';
import type { ChatRequest, Message, ReasoningOptions, Tool } from '../../model/request.ts';
import { withSystemFirst } from '../../model/system-first.ts';
import { type ToolNameRule, ToolNames } from '../../model/tool-names.ts';
import { arrangeToolResults } from '../../model/tool-results.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { encodeMessage } from './encode-messages.ts';

/** Ollama writes names into a prompt and refuses none; white space is what its templates would break on. */
const TOOL_NAMES: ToolNameRule = { refused: /\s/g, maxLength: 256, custom: false, namespace: false };

/** Writes the body. `stream` is always written, because Ollama's default is true. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const names = new ToolNames(request, TOOL_NAMES, losses);
  const context = { issuer: target.issuer, names, losses, calls: callNames(request.messages, names) };
  const inOrder = arrangeToolResults(request.messages, losses);
  const arranged = request.ext?.origin === 'ollama-chat' ? inOrder : withSystemFirst(inOrder, losses);
  const places = new Map(request.messages.map((message, index) => [message, index]));
  const messages = arranged.flatMap((message, index) =>
    encodeMessage(message, `messages[${places.get(message) ?? index}]`, context),
  );
  reportUnspeakable(request, losses);
  const own = ownFields(request, losses);
  const options = { ...encodeOptions(request), ...own.options };
  const think = request.reasoning && encodeThink(request.reasoning, losses);
  const tools = encodeTools(request, names, losses);
  const body: JsonObject = {
    model: target.model,
    messages,
    stream: request.stream,
    ...(tools !== undefined && { tools }),
    ...(request.output?.type === 'json' && { format: 'json' }),
    ...(request.output?.type === 'json-schema' && { format: request.output.schema }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(think !== undefined && { think }),
    ...(request.logprobs !== undefined && { logprobs: request.logprobs.enabled }),
    ...(request.logprobs?.top !== undefined && { top_logprobs: request.logprobs.top }),
    ...own.top,
  };
  return { body, losses: losses.list(), toolNames: names };
}

function callNames(messages: readonly Message[], names: ToolNames): Map<string, string> {
  const calls = messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool-call'));
  return new Map(calls.map((call) => [call.id, names.wire(call.name, call.namespace)]));
}

function encodeOptions({ sampling = {}, maxOutputTokens, stop }: ChatRequest): JsonObject {
  const numbers = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    num_predict: maxOutputTokens,
  };
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(numbers)) if (value !== undefined) out[name] = value;
  return stop === undefined ? out : { ...out, stop: [...stop] };
}

function reportUnspeakable(request: ChatRequest, losses: LossList): void {
  const missing: readonly (readonly [LossFeature, path: string, unknown])[] = [
    ['logit-bias', 'sampling.logitBias', request.sampling?.logitBias],
    ['choices', 'choices', request.choices === 1 ? undefined : request.choices],
    ['user', 'user', request.user],
    ['metadata', 'metadata', request.metadata],
    ['store', 'store', request.store === true ? true : undefined],
    ['json-schema', 'output', namedSchema(request.output)],
    ['service-tier', 'serviceTier', request.serviceTier],
    ['prompt-cache-key', 'promptCacheKey', request.promptCacheKey],
    ['parallel-tool-calls', 'parallelToolCalls', request.parallelToolCalls === false ? false : undefined],
    ['tool-choice', 'toolChoice', request.toolChoice?.type === 'auto' ? undefined : request.toolChoice],
  ];
  for (const [feature, path, value] of missing) {
    if (value !== undefined) losses.add(feature, path, `Ollama has no such setting (${feature}); it is left out.`);
  }
}

function namedSchema(output: ChatRequest['output']): string | undefined {
  return output?.type === 'json-schema' ? (output.name ?? output.description) : undefined;
}

const LEVELS = ['low', 'medium', 'high', 'max'];

/** Where the model is to decide by itself nothing is sent: models that can think then do, and the others are not refused. */
function encodeThink(options: ReasoningOptions, losses: LossList): JsonValue | undefined {
  const { effort, budgetTokens, mode, summary, includeThoughts } = options;
  if (includeThoughts === false || (summary !== undefined && summary !== 'auto' && summary !== 'summarized')) {
    losses.add('reasoning-options', 'reasoning', 'Ollama shows all thoughts or, without thinking, none.');
  }
  const lost = (detail: string): void => losses.add('reasoning-effort', 'reasoning', detail);
  if (effort === 'none' || mode === 'disabled' || budgetTokens === 0) return false;
  if (mode === 'adaptive') {
    if (effort !== undefined || budgetTokens !== undefined) lost('Ollama is left to decide how much to think.');
    return undefined;
  }
  if (effort !== undefined && budgetTokens !== undefined) lost('Ollama takes no budget of thinking tokens.');
  if (effort !== undefined && LEVELS.includes(effort)) return effort;
  if (effort !== undefined) {
    const level = effort === 'minimal' ? 'low' : effort === 'xhigh' ? 'high' : 'medium';
    lost(`The effort "${effort}" is sent as "${level}".`);
    return level;
  }
  if (budgetTokens !== undefined) lost('Ollama takes no budget of thinking tokens; thinking is turned on.');
  return budgetTokens !== undefined || mode === 'enabled' ? true : undefined;
}

/** The tools; none where the client forbids their use, for Ollama has no tool choice to say so. */
function encodeTools(request: ChatRequest, names: ToolNames, losses: LossList): JsonObject[] | undefined {
  if (request.tools === undefined || request.toolChoice?.type === 'none') return undefined;
  return request.tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, { names, losses }));
}

function encodeTool(
  tool: Tool,
  path: string,
  { names, losses }: { readonly names: ToolNames; readonly losses: LossList },
): JsonObject[] {
  if (tool.cache !== undefined) losses.add('cache-mark', path, 'Ollama caches by itself; the cache mark is left out.');
  if (tool.type === 'provider') {
    if (extBelongsTo(tool.ext, 'ollama-chat')) return [tool.ext.data];
    losses.add('tool-provider-run', path, `The tool "${tool.name}" is run by another provider and is left out.`);
    return [];
  }
  loseForeignFields(tool.ext, { format: 'ollama-chat', path, losses });
  const { '#function': inside, ...notes } = extBelongsTo(tool.ext, 'ollama-chat') ? tool.ext.data : {};
  const wire: JsonObject = { name: names.wire(tool.name, tool.namespace) };
  if (tool.description !== undefined) wire['description'] = tool.description;
  if (tool.type === 'custom') wire['parameters'] = customInputSchema(tool);
  else {
    if (tool.schema !== undefined) wire['parameters'] = tool.schema;
    if (tool.strict === true) losses.add('tool-strict', path, 'Ollama does not check arguments; "strict" is left out.');
  }
  return [{ type: 'function', function: { ...wire, ...(isObject(inside) ? inside : {}) }, ...notes }];
}

/** The unread fields of an Ollama client, each back in its place; another protocol's are losses. */
function ownFields({ ext }: ChatRequest, losses: LossList): { top: JsonObject; options: JsonObject } {
  const out: { top: JsonObject; options: JsonObject } = { top: {}, options: {} };
  if (ext === undefined) return out;
  for (const [key, value] of Object.entries(ext.data)) {
    if (!extBelongsTo(ext, 'ollama-chat')) {
      losses.add('extension', key, `Only the client's protocol knows "${key}"; it is left out.`);
    } else if (key.startsWith('options.')) out.options[key.slice('options.'.length)] = value;
    else out.top[key] = value;
  }
  return out;
}
