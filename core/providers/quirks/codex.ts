/**
 * The service behind a ChatGPT account speaks Responses with rules of its own: it always streams, keeps nothing, wants
 * instructions and refuses every field that its own client does not send.
 */
import { OmniError } from '../../base/errors.ts';
import { asArray, asObject, asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { withoutFields } from './body.ts';

const WHY = 'https://github.com/openai/codex/issues/26173';
const formats = ['openai-responses'] as const;

/** How hard a model is to think may stand behind its name. */
export const EFFORT_SUFFIXES = ['-none', '-low', '-medium', '-high', '-xhigh'] as const;

const REFUSED = [
  ...['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs', 'n', 'seed', 'user'],
  ...['max_tokens', 'max_output_tokens', 'max_completion_tokens', 'metadata', 'stream_options', 'safety_identifier'],
  ...['prompt_cache_retention', 'prompt_cache_options', 'truncation', 'reasoning_effort'],
];
/** Those of them that steer the answer. */
const LOST: NonNullable<Quirk['loses']> = {
  ...{ temperature: 'temperature', top_p: 'top-p', top_logprobs: 'logprobs', user: 'user', metadata: 'metadata' },
  ...{ max_output_tokens: 'max-output-tokens', service_tier: 'service-tier', truncation: 'extension' },
};
const ENCRYPTED = 'reasoning.encrypted_content';
/** That of the vendor's client; some models think not at all where nothing is said. */
const DEFAULT_EFFORT = 'medium';
const INSTRUCTIONS = 'Follow the instructions in the conversation.';

/** `gpt-5.3-codex-high` is `gpt-5.3-codex` at effort `high`, unless the request names an effort itself. */
const codexEffort: Quirk = {
  name: 'codex-effort',
  why: 'https://developers.openai.com/codex/models',
  formats,
  request: (body) => {
    const model = asString(body['model']) ?? '';
    const suffix = EFFORT_SUFFIXES.find((end) => model.endsWith(end));
    const reasoning = asObject(body['reasoning']);
    const said = asString(reasoning?.['effort']);
    if (suffix === undefined && said !== undefined) return body;
    const effort = said ?? asString(body['reasoning_effort']) ?? suffix?.slice(1) ?? DEFAULT_EFFORT;
    return {
      ...body,
      ...(suffix !== undefined && { model: model.slice(0, -suffix.length) }),
      reasoning: { ...reasoning, effort },
    };
  },
};

/** `{"detail":"Store must be set to false"}`, `{"detail":"Stream must be set to true"}`. What rests on kept answers cannot work. */
const codexKeepsNothing: Quirk = {
  name: 'codex-keeps-nothing',
  why: WHY,
  formats,
  request: (body) => {
    for (const name of ['previous_response_id', 'conversation']) {
      if (body[name] !== undefined && body[name] !== null)
        throw new OmniError(
          'unsupported_parameter',
          `A ChatGPT account keeps no answers, so ${name} cannot be used. Send the whole conversation in input instead.`,
          { path: name },
        );
    }
    if (body['background'] === true)
      throw new OmniError('unsupported_parameter', 'A ChatGPT account runs nothing in the background. Leave it out.', {
        path: 'background',
      });
    const { include } = body;
    const others = Array.isArray(include) ? include : [];
    const isSaid = body['stream'] === true && body['store'] === false && others.includes(ENCRYPTED);
    if (isSaid) return body;
    return { ...body, stream: true, store: false, include: [...new Set([...others, ENCRYPTED])] };
  },
};

/** Fields that are answered with 400 `Unsupported parameter`; of the tiers only `priority` is known there. */
const codexRefusedFields: Quirk = {
  name: 'codex-refused-fields',
  why: 'https://github.com/router-for-me/CLIProxyAPI/issues/3542',
  formats,
  needs: [...REFUSED, 'service_tier'],
  loses: LOST,
  request: (body) => withoutFields(body, body['service_tier'] === 'priority' ? REFUSED : [...REFUSED, 'service_tier']),
};

/** System text in the conversation is the developer's there; a bare string is one message; no input is refused. */
const codexInput: Quirk = {
  name: 'codex-input',
  why: 'https://github.com/openai/codex/blob/main/codex-rs/protocol/src/models.rs',
  formats,
  needs: ['input'],
  request: (body) => {
    const { input } = body;
    if (typeof input === 'string' || (Array.isArray(input) && input.length === 0))
      return { ...body, input: [message(input === '' || typeof input !== 'string' ? '…' : input)] };
    const items = asArray(input);
    const changed = items.map(asDevelopers);
    return changed.every((item, index) => item === items[index]) ? body : { ...body, input: changed };
  },
};

function message(text: string): JsonObject {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

function asDevelopers(item: JsonValue): JsonValue {
  return isObject(item) && item['role'] === 'system' ? { ...item, role: 'developer' } : item;
}

/** `{"detail":"Instructions are required"}`: the system text that opens the conversation becomes them, or one plain sentence. */
const codexInstructions: Quirk = {
  name: 'codex-instructions',
  why: 'https://github.com/openai/codex/issues/3202',
  formats,
  request: (body) => {
    if ((asString(body['instructions']) ?? '').trim() !== '') return body;
    const [first, ...others] = asArray(body['input']);
    const text = textOf(asObject(first));
    return text === '' || others.length === 0
      ? { ...body, instructions: INSTRUCTIONS }
      : { ...body, instructions: text, input: others };
  },
};

/** The text of an opening system or developer message that holds nothing else. */
function textOf(item: JsonObject | undefined): string {
  if (item?.['role'] !== 'developer' && item?.['role'] !== 'system') return '';
  const { content } = item;
  if (typeof content === 'string') return content.trim() === '' ? '' : content;
  const blocks = objectsOf(content);
  if (!blocks.every(({ type }) => type === 'input_text')) return '';
  return blocks
    .map(({ text }) => asString(text) ?? '')
    .join('\n\n')
    .trim();
}

/** All of them, in the order in which they build on one another. */
export const codexQuirks: readonly Quirk[] = [
  codexEffort,
  codexKeepsNothing,
  codexRefusedFields,
  codexInput,
  codexInstructions,
];
