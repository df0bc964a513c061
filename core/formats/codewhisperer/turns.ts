/**
 * The conversation as the service wants it: turns of user and assistant in strict alternation. It knows no other roles,
 * so system text and tool results are part of what the user says.
 */
import type { JsonObject } from '../../base/json.ts';
import { callArguments } from '../../model/call-arguments.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { MediaPart, Part, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import type { ToolNames } from '../../model/tool-names.ts';
import { wireCallId } from './call-id.ts';

export interface UserTurn {
  readonly role: 'user';
  readonly texts: string[];
  readonly images: JsonObject[];
  readonly results: JsonObject[];
}
export interface AssistantTurn {
  readonly role: 'assistant';
  readonly texts: string[];
  readonly calls: JsonObject[];
}
export type Turn = UserTurn | AssistantTurn;

export interface TurnContext {
  readonly issuer: string;
  readonly names: ToolNames;
  readonly losses: LossList;
}

/** The image types of the service, by media type. */
const IMAGES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

export class Turns {
  readonly list: Turn[] = [];
  readonly #context: TurnContext;

  constructor(context: TurnContext) {
    this.#context = context;
  }

  add(message: Message, path: string): void {
    const { losses } = this.#context;
    if (message.name !== undefined) losses.add('participant-name', path, 'Participants have no names; it is left out.');
    loseForeignFields(message.ext, { ...this.#context, format: 'codewhisperer', path });
    if (message.parts.length === 0) losses.add('empty-text', path, 'An empty message is left out.');
    if (message.role === 'system' || message.role === 'developer')
      losses.add('system-role', path, `The ${message.role} text is sent as the user's, for there is no such role.`);
    message.parts.forEach((part, index) => {
      this.#part(part, message.role, `${path}.parts[${index}]`);
    });
  }

  #part(part: Part, role: Message['role'], path: string): void {
    const { losses } = this.#context;
    if (part.cache !== undefined)
      losses.add('cache-mark', path, 'The service caches by itself; the cache mark is left out.');
    if (part.type !== 'reasoning' && part.type !== 'opaque')
      loseForeignFields(part.ext, { ...this.#context, format: 'codewhisperer', path });
    switch (part.type) {
      case 'text':
        if (part.refusal === true) losses.add('refusal', path, 'The refusal is sent as plain text.');
        if (part.citations !== undefined) losses.add('citations', path, 'There are no citations here.');
        if (part.text !== '') (role === 'assistant' ? this.#assistant() : this.#user()).texts.push(part.text);
        else losses.add('empty-text', path, 'Empty text is left out.');
        break;
      case 'media':
        if (role === 'assistant') losses.add(part.kind, path, 'What the assistant showed is left out.');
        else this.#media(part, path);
        break;
      case 'reasoning':
        losses.add('reasoning', path, 'Thoughts of earlier turns are left out.');
        break;
      case 'tool-call':
        this.#assistant().calls.push(this.#call(part, path));
        break;
      case 'tool-result':
        this.#user().results.push(this.#result(part, path));
        break;
      case 'opaque':
        losses.add('opaque', path, `"${part.label}" is left out.`);
    }
  }

  #user(): UserTurn {
    const last = this.list.at(-1);
    if (last?.role === 'user') return last;
    const turn: UserTurn = { role: 'user', texts: [], images: [], results: [] };
    this.list.push(turn);
    return turn;
  }

  #assistant(): AssistantTurn {
    const last = this.list.at(-1);
    if (last?.role === 'assistant') return last;
    const turn: AssistantTurn = { role: 'assistant', texts: [], calls: [] };
    this.list.push(turn);
    return turn;
  }

  #media({ kind, source, detail, filename }: MediaPart, path: string): void {
    const { losses } = this.#context;
    if (detail !== undefined) losses.add('image-detail', path, 'There is no detail setting for images.');
    if (source.type === 'text') {
      losses.add('file', path, 'Documents are not taken; its text is sent as text.');
      this.#user().texts.push(source.text);
      return;
    }
    const format = source.type === 'base64' ? IMAGES[source.mediaType] : undefined;
    if (format !== undefined && source.type === 'base64') {
      if (filename !== undefined) losses.add('filename', path, 'File names are not taken; the name is left out.');
      this.#user().images.push({ format, source: { bytes: source.data } });
      return;
    }
    losses.add(
      source.type === 'file-id' ? 'file-id' : kind,
      path,
      'Only inline PNG, JPEG, GIF and WebP images are taken.',
    );
  }

  #call(part: ToolCallPart, path: string): JsonObject {
    return {
      toolUseId: wireCallId(part.id, path, this.#context.losses),
      name: this.#context.names.wire(part.name, part.namespace),
      input: callArguments(part, path, this.#context.losses),
    };
  }

  /** Its text; its images stand beside it in the same turn. */
  #result({ callId, isError, content }: ToolResultPart, path: string): JsonObject {
    const texts: JsonObject[] = [];
    content.forEach((part, index) => {
      const at = `${path}.content[${index}]`;
      if (part.type === 'text') texts.push({ text: part.text });
      else if (part.type === 'media') {
        this.#context.losses.add('tool-result-media', at, 'It is sent beside the result.');
        this.#media(part, at);
      } else this.#context.losses.add('opaque', at, 'An item of another protocol is left out.');
    });
    return {
      toolUseId: wireCallId(callId, path, this.#context.losses),
      status: isError === true ? 'error' : 'success',
      content: texts.length > 0 ? texts : [{ text: '' }],
    };
  }
}
