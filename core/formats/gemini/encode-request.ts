/** The hub's request as a body for `generateContent` and `streamGenerateContent` (https://ai.google.dev/api/generate-content). */
import { type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { LossList } from '../../model/loss.ts';
import { withOfferedChoice } from '../../model/offered-tools.ts';
import type { ChatRequest, Message } from '../../model/request.ts';
import { withSomethingSaid } from '../../model/something-said.ts';
import { ToolNames } from '../../model/tool-names.ts';
import { arrangeToolResults } from '../../model/tool-results.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { CALLING } from './decode-tools.ts';
import { encodeConfig } from './encode-config.ts';
import { encodeMessage, type PartContext } from './encode-parts.ts';
import { encodeToolChoice, encodeTools, GEMINI_TOOL_NAMES } from './encode-tools.ts';

/** Writes the body. The model and whether to stream stand in the URL, not here. */
export function encodeRequest(asked: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const offered = withOfferedChoice(asked, 'gemini', losses);
  const isForeign = asked.ext !== undefined && asked.ext.origin !== 'gemini';
  const request = isForeign ? withSomethingSaid(offered, losses) : offered;
  const names = new ToolNames(request, GEMINI_TOOL_NAMES, losses);
  const context: PartContext = { target, names, losses, calls: callNames(request.messages, names) };
  const arranged = arrangeToolResults(request.messages, losses);
  const places = new Map(request.messages.map((message, index) => [message, index]));
  const system: JsonValue[] = [];
  const systemExt: JsonObject = {};
  const contents: JsonValue[] = [];
  let started = false;
  arranged.forEach((message, index) => {
    const path = `messages[${places.get(message) ?? index}]`;
    if (message.role === 'system' || message.role === 'developer') {
      reportSystem(message, path, started, losses);
      for (const content of encodeMessage(message, path, context)) {
        const { role: _role, parts, ...notes } = content;
        system.push(...textParts(parts, path, losses));
        Object.assign(systemExt, notes);
      }
      return;
    }
    started = true;
    contents.push(...encodeMessage(message, path, context));
  });
  const body: JsonObject = { contents };
  if (system.length > 0) body['systemInstruction'] = { parts: system, ...systemExt };
  const tools = encodeTools(request, names, losses);
  if (tools.length > 0) body['tools'] = tools;
  const own = ownFields(request, losses);
  const calling = encodeToolChoice(request, names, losses);
  const toolConfig = { ...(Object.keys(calling).length > 0 && { functionCallingConfig: calling }), ...own.toolConfig };
  if (Object.keys(toolConfig).length > 0) body['toolConfig'] = toolConfig;
  const config = { ...encodeConfig(request, target, losses), ...own.config };
  if (Object.keys(config).length > 0) body['generationConfig'] = config;
  return { body: { ...body, ...own.top }, losses: losses.list(), toolNames: names };
}

function reportSystem(message: Message, path: string, started: boolean, losses: LossList): void {
  if (started) losses.add('system-position', path, 'Gemini has system text only at the front; it is moved there.');
  if (message.role === 'developer') losses.add('developer-role', path, 'The developer text is sent as system text.');
}

function textParts(parts: JsonValue | undefined, path: string, losses: LossList): JsonObject[] {
  return objectsOf(parts).filter((part) => {
    if (part['text'] !== undefined) return true;
    losses.add('file', path, 'Gemini takes text only as system instruction; the rest is left out.');
    return false;
  });
}

function callNames(messages: readonly Message[], names: ToolNames): Map<string, string> {
  const out = new Map<string, string>();
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type === 'tool-call') out.set(part.id, names.wire(part.name, part.namespace));
    }
  }
  return out;
}

interface OwnFields {
  readonly top: JsonObject;
  readonly config: JsonObject;
  readonly toolConfig: JsonObject;
}

/** The unread fields of a Gemini client, each back in its place; another protocol's are losses. */
function ownFields(request: ChatRequest, losses: LossList): OwnFields {
  const out: OwnFields = { top: {}, config: {}, toolConfig: {} };
  const { ext } = request;
  if (ext === undefined) return out;
  for (const [key, value] of Object.entries(ext.data)) {
    if (!extBelongsTo(ext, 'gemini')) {
      losses.add('extension', key, `Only the client's protocol knows "${key}"; it is left out.`);
    } else if (key.startsWith('generationConfig.')) out.config[key.slice('generationConfig.'.length)] = value;
    else if (key === CALLING) continue;
    else if (key.startsWith('toolConfig.')) out.toolConfig[key.slice('toolConfig.'.length)] = value;
    else out.top[key] = value;
  }
  return out;
}
