/** What OpenAI's own chat service knows and other hosts of its protocol refuse. */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { mapMessages, renameField, withoutFields } from './body.ts';

/** `store` and the like steer OpenAI's own platform; a strict host without it answers 400 or 422 to them. */
export function withoutPlatformFields(why: string, names: readonly string[]): Quirk {
  return {
    name: 'without-platform-fields',
    why,
    formats: ['openai-chat'],
    needs: names,
    request: (body) => withoutFields(body, names),
  };
}

/** For hosts that know a field under another name and refuse OpenAI's. */
export function renamedField(why: string, from: string, to: string): Quirk {
  return {
    name: `${from}-as-${to}`,
    why,
    formats: ['openai-chat'],
    needs: [from],
    request: (body) => renameField(body, from, to),
  };
}

/** For hosts that refuse the developer role. System is its older name, and what they document in its place. */
export function developerAsSystem(why: string): Quirk {
  return {
    name: 'developer-as-system',
    why,
    formats: ['openai-chat'],
    needsText: ['"developer"'],
    request: (body) =>
      mapMessages(body, (message) => (message['role'] === 'developer' ? { ...message, role: 'system' } : message)),
  };
}

/** For hosts that refuse these members of a message, which others ignore. */
export function withoutMessageFields(why: string, names: readonly string[]): Quirk {
  return {
    name: 'without-message-fields',
    why,
    formats: ['openai-chat'],
    needsText: names.map(quoted),
    request: (body) => mapMessages(body, (message): JsonObject => withoutFields(message, names)),
  };
}

/** For hosts that take the model's thoughts in a message as `reasoning` and refuse `reasoning_content`. */
export function reasoningAsReasoning(why: string, models?: readonly string[]): Quirk {
  return {
    name: 'reasoning-as-reasoning',
    why,
    formats: ['openai-chat'],
    ...(models && { models }),
    needsText: [quoted('reasoning_content')],
    request: (body) => mapMessages(body, (message) => renameField(message, 'reasoning_content', 'reasoning')),
  };
}

/** For hosts that refuse `tools: []`, where no tools are meant. */
export function withoutEmptyTools(why: string): Quirk {
  return {
    name: 'without-empty-tools',
    why,
    formats: ['openai-chat'],
    needs: ['tools'],
    request: (body) => {
      const tools = body['tools'];
      return Array.isArray(tools) && tools.length === 0 ? withoutFields(body, ['tools', 'tool_choice']) : body;
    },
  };
}

/** For hosts of Anthropic's protocol that refuse these members of a tool. */
export function withoutToolFields(why: string, names: readonly string[]): Quirk {
  return {
    name: 'without-tool-fields',
    why,
    formats: ['anthropic-messages'],
    needs: ['tools'],
    needsText: names.map(quoted),
    request: (body) => {
      const tools = body['tools'];
      if (!Array.isArray(tools)) return body;
      const changed = tools.map((tool): JsonValue => (isObject(tool) ? withoutFields(tool, names) : tool));
      return changed.every((tool, index) => tool === tools[index]) ? body : { ...body, tools: changed };
    },
  };
}

function quoted(name: string): string {
  return `"${name}"`;
}
