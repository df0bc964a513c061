/** The hub's request as `{conversationState, inferenceConfig}`. */
import { createHash } from 'node:crypto';
import { compact, type JsonObject } from '../../base/json.ts';
import { type LossFeature, LossList } from '../../model/loss.ts';
import type { ChatRequest, Message, ReasoningOptions } from '../../model/request.ts';
import { type ToolNameRule, ToolNames } from '../../model/tool-names.ts';
import { arrangeToolResults } from '../../model/tool-results.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { encodeTools } from './encode-tools.ts';
import { type AssistantTurn, type Turn, Turns, type UserTurn } from './turns.ts';

const TOOL_NAMES: ToolNameRule = { refused: /[^a-zA-Z0-9_-]/g, maxLength: 64, custom: false, namespace: false };
/** Stands where the alternation of turns demands one and nobody said anything. */
const NOTHING_SAID = 'Continue.';
const ORIGIN = 'AI_EDITOR';

/** Writes the body. `profileArn` belongs to the account and is added with it. */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const names = new ToolNames(request, TOOL_NAMES, losses);
  const { specifications, notes } = encodeTools(request, { names, losses });
  const turns = new Turns({ issuer: target.issuer, names, losses });
  const places = new Map(request.messages.map((message, index) => [message, index]));
  for (const message of arrangeToolResults(request.messages, losses))
    turns.add(message, `messages[${places.get(message) ?? 0}]`);
  reportUnspeakable(request, losses);
  const { history, current } = arrange(turns.list, notes);
  const inference = compact({
    maxTokens: request.maxOutputTokens,
    temperature: request.sampling?.temperature,
    topP: request.sampling?.topP,
  });
  const body: JsonObject = {
    conversationState: {
      chatTriggerType: 'MANUAL',
      conversationId: conversationId(request.messages),
      currentMessage: userMessage(current, target.model, specifications),
      history: history.map((turn) =>
        turn.role === 'user' ? userMessage(turn, target.model, []) : assistantMessage(turn),
      ),
    },
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
  };
  return { body, losses: losses.list(), toolNames: names };
}

/** It begins and ends with the user; long descriptions of tools stand before everything else. */
function arrange(
  turns: readonly Turn[],
  notes: readonly string[],
): { readonly history: readonly Turn[]; readonly current: UserTurn } {
  const said = [...turns];
  if (said[0]?.role !== 'user') said.unshift(emptyTurn());
  if (said.at(-1)?.role !== 'user') said.push(emptyTurn());
  const [first] = said;
  if (first?.role === 'user') said[0] = { ...first, texts: [...notes, ...first.texts] };
  const current = said.pop();
  return { history: said, current: current?.role === 'user' ? current : emptyTurn() };
}

function emptyTurn(): UserTurn {
  return { role: 'user', texts: [], images: [], results: [] };
}

function userMessage(turn: UserTurn, modelId: string, tools: readonly JsonObject[]): JsonObject {
  const { texts, images, results } = turn;
  const content = texts.join('\n\n');
  const context = {
    ...(results.length > 0 && { toolResults: results }),
    ...(tools.length > 0 && { tools: [...tools] }),
  };
  return {
    userInputMessage: {
      content: content === '' && results.length === 0 ? NOTHING_SAID : content,
      modelId,
      origin: ORIGIN,
      ...(images.length > 0 && { images }),
      ...(Object.keys(context).length > 0 && { userInputMessageContext: context }),
    },
  };
}

function assistantMessage({ texts, calls }: AssistantTurn): JsonObject {
  return { assistantResponseMessage: { content: texts.join('\n\n'), ...(calls.length > 0 && { toolUses: calls }) } };
}

/** A UUID made of how the conversation began, so that its turns are one conversation to the service too. */
function conversationId(messages: readonly Message[]): string {
  const began = JSON.stringify(messages.slice(0, messages.findIndex(({ role }) => role === 'user') + 1));
  const hex = createHash('sha256').update(began).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Where nothing is said, the model decides how much it thinks. */
function modeOf(reasoning: ReasoningOptions | undefined): string | undefined {
  return reasoning?.mode === 'adaptive' ? undefined : reasoning?.mode;
}

/** Settings without a place in this protocol. */
function reportUnspeakable(request: ChatRequest, losses: LossList): void {
  const { sampling = {}, output, reasoning, ext } = request;
  const missing: readonly (readonly [LossFeature, path: string, unknown])[] = [
    ['top-k', 'sampling.topK', sampling.topK],
    ['min-p', 'sampling.minP', sampling.minP],
    ['seed', 'sampling.seed', sampling.seed],
    ['presence-penalty', 'sampling.presencePenalty', sampling.presencePenalty],
    ['frequency-penalty', 'sampling.frequencyPenalty', sampling.frequencyPenalty],
    ['logit-bias', 'sampling.logitBias', sampling.logitBias],
    ['stop', 'stop', request.stop?.length === 0 ? undefined : request.stop],
    ['choices', 'choices', request.choices === 1 ? undefined : request.choices],
    ['logprobs', 'logprobs', request.logprobs],
    ['json-mode', 'output', output?.type === 'text' ? undefined : output],
    ['json-schema', 'output', output?.type === 'json-schema' ? output : undefined],
    ['reasoning-effort', 'reasoning', reasoning?.effort ?? reasoning?.budgetTokens ?? modeOf(reasoning)],
    ['reasoning-options', 'reasoning', reasoning?.summary ?? reasoning?.includeThoughts],
    ['user', 'user', request.user],
    ['metadata', 'metadata', request.metadata],
    ['store', 'store', request.store === true ? true : undefined],
    ['service-tier', 'serviceTier', request.serviceTier],
    ['prompt-cache-key', 'promptCacheKey', request.promptCacheKey],
    ['parallel-tool-calls', 'parallelToolCalls', request.parallelToolCalls === false ? false : undefined],
    ['tool-choice', 'toolChoice', request.toolChoice?.type === 'auto' ? undefined : request.toolChoice],
  ];
  for (const [feature, path, value] of missing) {
    if (value !== undefined) losses.add(feature, path, `There is no such setting (${feature}); it is left out.`);
  }
  for (const key of Object.keys(ext?.data ?? {})) {
    losses.add('extension', key, `Only the client's protocol knows "${key}"; it is left out.`);
  }
}
