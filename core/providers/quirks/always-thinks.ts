/** Claude's models that cannot be told not to think. */
import { asObject } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { withoutFields } from './body.ts';

/** `thinking: {type: "disabled"}` is answered with 400; without it the model thinks as little as it sees fit. */
export const claudeAlwaysThinks: Quirk = {
  name: 'claude-always-thinks',
  why: 'https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html',
  formats: ['anthropic-messages'],
  models: ['claude-fable-*', 'claude-mythos-*'],
  needs: ['thinking'],
  loses: { thinking: 'reasoning-options' },
  request: (body) => (asObject(body['thinking'])?.['type'] === 'disabled' ? withoutFields(body, ['thinking']) : body),
};
