/** Fields of OpenAI's own service that other hosts of its protocol refuse. */
import type { JsonObject } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { mapMessages, withoutFields } from './body.ts';

/** `store`, `metadata` and `service_tier` steer OpenAI's own platform; a host without it answers 400 or 422. */
export function withoutPlatformFields(why: string, names = ['store', 'metadata', 'service_tier']): Quirk {
  return {
    name: 'without-platform-fields',
    why,
    formats: ['openai-chat'],
    request: (body) => withoutFields(body, names),
  };
}

/** For hosts that know the roles system, user, assistant and tool only. */
export function developerAsSystem(why: string): Quirk {
  return {
    name: 'developer-as-system',
    why,
    formats: ['openai-chat'],
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
    request: (body) => mapMessages(body, (message): JsonObject => withoutFields(message, names)),
  };
}

/** For hosts that refuse `tools: []`, where no tools are meant. */
export function withoutEmptyTools(why: string): Quirk {
  return {
    name: 'without-empty-tools',
    why,
    formats: ['openai-chat'],
    request: (body) => {
      const tools = body['tools'];
      return Array.isArray(tools) && tools.length === 0 ? withoutFields(body, ['tools', 'tool_choice']) : body;
    },
  };
}
