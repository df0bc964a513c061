/**
 * The hub's messages for Ollama: one string of text, a list of images, and calls beside them. The order of text and
 * images in a message has no place in the protocol (https://github.com/ollama/ollama/blob/main/docs/api.md).
 */
import type { JsonObject } from '../../base/json.ts';
import { callArguments } from '../../model/call-arguments.ts';
import { isMadeCallId } from '../../model/call-ids.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { MediaPart, Part, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import type { ToolNames } from '../../model/tool-names.ts';

export interface MessageContext {
  /** Who will read it. */
  readonly issuer: string;
  readonly names: ToolNames;
  readonly losses: LossList;
  /** The wire names of the calls in the conversation, by call id. */
  readonly calls: ReadonlyMap<string, string>;
}

/** One message of the hub as messages of the wire: a result each, and the media of results after them. */
export function encodeMessage(message: Message, path: string, context: MessageContext): JsonObject[] {
  if (message.name !== undefined) {
    context.losses.add('participant-name', path, 'Ollama has no names of participants; the name is left out.');
  }
  loseForeignFields(message.ext, { ...context, format: 'ollama-chat', path });
  if (message.role === 'tool') return encodeResults(message, path, context);
  if (message.role === 'developer') {
    context.losses.add('developer-role', path, 'The developer text is sent as system text.');
  }
  const collected = collect(message.parts, `${path}.parts`, context);
  if (collected.isEmpty && message.parts.length > 0) return [];
  const notes = extBelongsTo(message.ext, 'ollama-chat', context.issuer) ? message.ext.data : {};
  return [
    {
      role: message.role === 'developer' ? 'system' : message.role,
      content: collected.texts.join('\n'),
      ...(collected.thoughts.length > 0 && { thinking: collected.thoughts.join('\n') }),
      ...(collected.images.length > 0 && { images: collected.images }),
      ...(collected.calls.length > 0 && { tool_calls: collected.calls }),
      ...notes,
    },
  ];
}

interface Collected {
  readonly texts: string[];
  readonly thoughts: string[];
  readonly images: string[];
  readonly calls: JsonObject[];
  isEmpty: boolean;
}

function collect(parts: readonly Part[], path: string, context: MessageContext): Collected {
  const out: Collected = { texts: [], thoughts: [], images: [], calls: [], isEmpty: false };
  parts.forEach((part, index) => {
    const at = `${path}[${index}]`;
    if (part.cache !== undefined) {
      context.losses.add('cache-mark', at, 'Ollama caches by itself; the cache mark is left out.');
    }
    if (part.type !== 'reasoning' && part.type !== 'opaque') {
      loseForeignFields(part.ext, { ...context, format: 'ollama-chat', path: at });
    }
    switch (part.type) {
      case 'text':
        if (part.refusal === true) context.losses.add('refusal', at, 'The refusal is sent as plain text.');
        if (part.citations !== undefined) context.losses.add('citations', at, 'Ollama has no citations.');
        out.texts.push(part.text);
        break;
      case 'reasoning':
        if (part.ext === undefined || part.ext.origin === 'ollama-chat') out.thoughts.push(part.text);
        else context.losses.add('reasoning', at, 'The thoughts were not made by this provider and are left out.');
        break;
      case 'media':
        addMedia(part, at, { context, out });
        break;
      case 'tool-call':
        out.calls.push(encodeCall(part, at, context));
        break;
      case 'opaque':
      case 'tool-result':
        context.losses.add('opaque', at, 'An item of another protocol is left out.');
        break;
    }
  });
  out.isEmpty = out.texts.length + out.thoughts.length + out.images.length + out.calls.length === 0;
  return out;
}

function addMedia(part: MediaPart, at: string, { context, out }: { context: MessageContext; out: Collected }): void {
  const { losses } = context;
  if (part.detail !== undefined) losses.add('image-detail', at, 'Ollama has no detail setting for images.');
  if (part.source.type === 'text') {
    losses.add('file', at, 'Ollama takes no documents; its text is sent as text.');
    out.texts.push(part.source.text);
    return;
  }
  if (part.kind === 'image' && part.source.type === 'base64') {
    if (part.filename !== undefined) losses.add('filename', at, 'Ollama takes no file names; the name is left out.');
    out.images.push(part.source.data);
    return;
  }
  const feature = part.source.type === 'file-id' ? 'file-id' : part.kind;
  losses.add(feature, at, 'Ollama takes inline images only; this part is left out.');
}

function encodeCall(part: ToolCallPart, at: string, context: MessageContext): JsonObject {
  const { index, ...notes } = extBelongsTo(part.ext, 'ollama-chat', context.issuer) ? part.ext.data : {};
  return {
    ...(isMadeCallId(part.id) ? {} : { id: part.id }),
    function: {
      ...(index !== undefined && { index }),
      name: context.names.wire(part.name, part.namespace),
      arguments: callArguments(part, at, context.losses),
    },
    ...notes,
  };
}

function encodeResults(message: Message, path: string, context: MessageContext): JsonObject[] {
  const images: string[] = [];
  const texts: string[] = [];
  const results = message.parts.flatMap((part, index) => {
    const at = `${path}.parts[${index}]`;
    return part.type === 'tool-result' ? [encodeResult(part, at, context, { images, texts })] : [];
  });
  if (images.length + texts.length === 0) return results;
  return [...results, { role: 'user', content: texts.join('\n'), ...(images.length > 0 && { images }) }];
}

function encodeResult(
  part: ToolResultPart,
  at: string,
  context: MessageContext,
  apart: { readonly images: string[]; readonly texts: string[] },
): JsonObject {
  if (part.isError === true) context.losses.add('tool-result-error', at, 'Ollama cannot mark a result as failed.');
  loseForeignFields(part.ext, { ...context, format: 'ollama-chat', path: at });
  if (part.cache !== undefined) {
    context.losses.add('cache-mark', at, 'Ollama caches by itself; the cache mark is left out.');
  }
  const media = part.content.filter((piece) => piece.type === 'media');
  if (media.length > 0) {
    context.losses.add('tool-result-media', at, 'The media of the tool result follows it as a user message.');
  }
  const own = collect(
    part.content.filter((piece) => piece.type !== 'media'),
    `${at}.content`,
    context,
  );
  const beside = collect(media, `${at}.content`, context);
  apart.images.push(...beside.images);
  apart.texts.push(...beside.texts);
  const name = context.calls.get(part.callId) ?? part.name;
  return {
    role: 'tool',
    content: own.texts.join('\n'),
    ...(name !== undefined && { tool_name: name }),
    ...(isMadeCallId(part.callId) ? {} : { tool_call_id: part.callId }),
    ...(extBelongsTo(part.ext, 'ollama-chat', context.issuer) ? part.ext.data : {}),
  };
}
