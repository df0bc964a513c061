/**
 * Messages as `input` items, in their order: what the hub gathered in one message becomes the items it came from.
 * Reasoning and provider-run items go back only to the maker; nothing is made up in their place.
 */
import { createHash } from 'node:crypto';
import { asObject, type JsonObject } from '../../base/json.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { ChatRequest, Message } from '../../model/request.ts';
import type { ToolNames } from '../../model/tool-names.ts';
import { encodeMedia, encodeText } from './content.ts';
import { imageItem, imageItemFields } from './image-item.ts';
import { reasoningItem } from './reasoning.ts';
import { FORMAT, ownData } from './wire.ts';

export interface InputContext {
  /** Who will read it: decides which reasoning and ids go along. */
  readonly issuer: string;
  readonly names: ToolNames;
  readonly losses: LossList;
}

/** OpenAI's limit for `call_id`, in characters. */
const CALL_ID_LIMIT = 64;

/**
 * The items of a request. A tool result without a call before it, or a second one for the same call, is left out with a
 * loss, since the upstream refuses the whole request for it, unless the conversation continues one stored upstream.
 */
export function encodeInput(request: ChatRequest, context: InputContext): JsonObject[] {
  const encoder = new InputEncoder(context, continuesStored(request));
  request.messages.forEach((message, index) => {
    if (!isInstructions(message)) encoder.message(message, `messages[${index}]`);
  });
  return encoder.items;
}

/** Did this message come from the top-level `instructions`? */
export function isInstructions(message: Message): boolean {
  return ownData(message.ext)?.['instructions'] === true;
}

function continuesStored(request: ChatRequest): boolean {
  const fields = ownData(request.ext) ?? {};
  if (fields['previous_response_id'] !== undefined || fields['conversation'] !== undefined) return true;
  return request.messages.some((message) =>
    message.parts.some((part) => part.type === 'opaque' && part.label === 'item_reference'),
  );
}

class InputEncoder {
  readonly items: JsonObject[] = [];
  readonly #context: InputContext;
  readonly #stored: boolean;
  /** Kinds of the calls seen, until their result came. */
  readonly #open = new Map<string, ToolCallPart['kind']>();
  readonly #answered = new Set<string>();
  #content: JsonObject[] | undefined;

  constructor(context: InputContext, stored: boolean) {
    this.#context = context;
    this.#stored = stored;
  }

  message(message: Message, path: string): void {
    this.#content = undefined;
    if (message.name !== undefined) {
      this.#context.losses.add('participant-name', path, `The name "${message.name}" is left out.`);
    }
    loseForeignFields(message.ext, { ...this.#context, format: FORMAT, path });
    if (message.parts.length === 0) this.#contentOf(message);
    message.parts.forEach((part, index) => {
      const at = `${path}.parts[${index}]`;
      if (part.cache !== undefined) {
        this.#context.losses.add('cache-mark', at, 'The cache mark is left out: the provider caches by itself.');
      }
      if (part.type !== 'reasoning' && part.type !== 'opaque') {
        loseForeignFields(part.ext, { ...this.#context, format: FORMAT, path: at });
      }
      this.#part(part, message, at);
    });
  }

  #part(part: Part, message: Message, path: string): void {
    switch (part.type) {
      case 'tool-call':
        this.#item(this.#call(part, path));
        break;
      case 'tool-result':
        this.#item(this.#result(part, path));
        break;
      case 'reasoning':
        this.#item(this.#reasoning(part, path));
        break;
      case 'text':
        if (message.role === 'assistant') this.#assistantText(part, path);
        else this.#block(message, encodeText(part, false, this.#context.losses, path));
        break;
      case 'media':
        if (message.role === 'assistant') this.#item(this.#image(part, path));
        else this.#block(message, encodeMedia(part, this.#context.losses, path));
        break;
      case 'opaque': {
        const own = ownData(part.ext, this.#context.issuer);
        if (own === undefined) this.#context.losses.add('opaque', path, `"${part.label}" is left out.`);
        else if (message.role === 'assistant' || message.role === 'tool') this.#item(own);
        else this.#block(message, own);
      }
    }
  }

  #block(message: Message, block: JsonObject | undefined): void {
    if (block !== undefined) this.#contentOf(message).push(block);
  }

  #item(item: JsonObject | undefined): void {
    if (item === undefined) return;
    this.#content = undefined;
    this.items.push(item);
  }

  /** The content list of the message item being written; opens one when the last item was something else. */
  #contentOf(message: Message): JsonObject[] {
    if (this.#content === undefined) {
      const role = message.role === 'tool' ? 'user' : message.role;
      const content: JsonObject[] = [];
      this.#item({ type: 'message', ...ownData(message.ext), role, content });
      this.#content = content;
    }
    return this.#content;
  }

  #assistantText(part: TextPart, path: string): void {
    const own = ownData(part.ext, this.#context.issuer);
    const block = encodeText(part, true, this.#context.losses, path);
    if (own?.['joined'] === true && this.#content !== undefined) {
      this.#content.push(block);
      return;
    }
    const content = [block];
    this.#item({ type: 'message', ...asObject(own?.['item']), role: 'assistant', content });
    this.#content = content;
  }

  #image(part: MediaPart, path: string): JsonObject | undefined {
    const fields = imageItemFields(part, this.#context.issuer);
    const item = fields === undefined ? undefined : imageItem(part, fields);
    if (item === undefined) {
      const feature = part.kind === 'file' ? 'file' : part.kind;
      this.#context.losses.add(feature, path, `The ${part.kind} another model made is left out.`);
    }
    return item;
  }

  #reasoning(part: ReasoningPart, path: string): JsonObject | undefined {
    const own = ownData(part.ext, this.#context.issuer);
    if (own !== undefined) return reasoningItem(part, own);
    this.#context.losses.add('reasoning', path, 'Reasoning that this provider did not make is left out.');
    return undefined;
  }

  #call(part: ToolCallPart, path: string): JsonObject {
    const custom = part.kind === 'custom';
    this.#open.set(part.id, part.kind);
    this.#answered.delete(part.id);
    return {
      type: custom ? 'custom_tool_call' : 'function_call',
      ...ownData(part.ext, this.#context.issuer),
      call_id: this.#callId(part.id, path),
      name: this.#context.names.wire(part.name, part.namespace),
      ...(part.namespace !== undefined && { namespace: part.namespace }),
      ...(custom ? { input: part.input } : { arguments: part.input === '' ? '{}' : part.input }),
    };
  }

  #result(part: ToolResultPart, path: string): JsonObject | undefined {
    const { losses, issuer } = this.#context;
    const kind = part.kind ?? this.#open.get(part.callId);
    const twice = this.#answered.has(part.callId);
    if (!this.#stored && (twice || !this.#open.has(part.callId))) {
      const why = twice ? 'it has been answered' : 'no call before it has this id';
      losses.add('tool-result-orphan', path, `The result for "${part.callId}" is left out: ${why}.`);
      return undefined;
    }
    this.#answered.add(part.callId);
    if (part.isError === true) {
      losses.add('tool-result-error', path, 'The result goes without its error mark.');
    }
    return {
      type: kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
      ...ownData(part.ext, issuer),
      call_id: this.#callId(part.callId, path),
      output: this.#output(part, path),
    };
  }

  #output(part: ToolResultPart, path: string): string | JsonObject[] {
    const [only] = part.content;
    if (only === undefined) return '';
    if (part.content.length === 1 && only.type === 'text' && only.text !== '' && ownData(only.ext) === undefined) {
      return only.text;
    }
    return part.content.flatMap((piece, index) => {
      const at = `${path}.content[${index}]`;
      if (piece.type === 'text') return [encodeText(piece, false, this.#context.losses, at)];
      const block =
        piece.type === 'media'
          ? encodeMedia(piece, this.#context.losses, at)
          : piece.type === 'opaque'
            ? ownData(piece.ext)
            : undefined;
      if (block === undefined && piece.type !== 'media') {
        this.#context.losses.add('opaque', at, 'A block of another protocol is left out of the result.');
      }
      return block === undefined ? [] : [block];
    });
  }

  #callId(id: string, path: string): string {
    if (id.length <= CALL_ID_LIMIT && id !== '') return id;
    this.#context.losses.add('tool-id', path, `The call id "${id.slice(0, 80)}" is sent in a shorter form.`);
    return `call_${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
  }
}
