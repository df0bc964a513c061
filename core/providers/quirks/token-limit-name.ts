/** The field of the token limit has an old and a new name, and some hosts know only one of them. */
import type { Quirk } from '../provider.ts';
import { renameField } from './body.ts';

/** OpenAI's reasoning models refuse `max_tokens`. */
export const maxCompletionTokens: Quirk = {
  name: 'max-completion-tokens',
  why: 'https://platform.openai.com/docs/api-reference/chat/create#chat_create-max_tokens',
  formats: ['openai-chat'],
  models: ['o1*', 'o3*', 'o4*', 'gpt-5*', 'gpt-6*'],
  needs: ['max_tokens'],
  request: (body) => renameField(body, 'max_tokens', 'max_completion_tokens'),
};

/** For hosts whose reference has only `max_tokens`: the newer name is an error there, or the limit is ignored. */
export function maxTokens(why: string): Quirk {
  return {
    name: 'max-tokens',
    why,
    formats: ['openai-chat'],
    needs: ['max_completion_tokens'],
    request: (body) => renameField(body, 'max_completion_tokens', 'max_tokens'),
  };
}
