/**
 * A vendor that serves its own client only tells it by the words its system prompt begins with. They are sent for other
 * clients only where the person turned that on for the account, after the notice on the vendor's terms.
 */
import { asString, isObject, type JsonValue } from '../../base/json.ts';
import { sendsIdentity } from '../account-call.ts';
import type { Quirk } from '../provider.ts';

/** Puts the sentence before a Messages request's system text, as a block of its own, unless it stands there already. */
export function identityPrompt(why: string, sentence: string): Quirk {
  return {
    name: 'identity-prompt',
    why,
    formats: ['anthropic-messages'],
    accounts: sendsIdentity,
    request: (body) => {
      const { system } = body;
      const blocks: readonly JsonValue[] = Array.isArray(system) ? system : textBlocks(asString(system));
      const [first] = blocks;
      if (isObject(first) && asString(first['text'])?.startsWith(sentence) === true) return body;
      return { ...body, system: [{ type: 'text', text: sentence }, ...blocks] };
    },
  };
}

function textBlocks(text: string | undefined): readonly JsonValue[] {
  return text === undefined || text === '' ? [] : [{ type: 'text', text }];
}
