/** The service behind a ChatGPT account: facts.md A.4, and what its 400s say (https://github.com/openai/codex/issues/26173). */
import { asString, isObject, objectsOf } from '../../../core/base/json.ts';
import { sendJson } from '../upstream.ts';
import { answerResponses } from './responses-wire.ts';
import { type AccountUpstream, absentRules, type GoodTokens, headerRules, startService, tokenOf } from './upstream.ts';

/** All that its own client sends; anything else is an unsupported parameter. */
const KNOWN = new Set([
  ...['model', 'instructions', 'input', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning', 'store', 'stream'],
  ...['include', 'prompt_cache_key', 'text', 'service_tier', 'client_metadata'],
]);

const USAGE = {
  ...{ input_tokens: 900, input_tokens_details: { cached_tokens: 800 } },
  ...{ output_tokens: 40, total_tokens: 940 },
};
export const ACCOUNT_ID = '8d6f0a5e-1111-4222-8333-444455556666';

/** `accountIdOf`: the workspace that a token's calls must name. */
export function startCodex(
  tokens: GoodTokens,
  accountIdOf: (token: string) => string | undefined = () => ACCOUNT_ID,
): Promise<AccountUpstream> {
  return startService({
    tokens,
    rules: (received) => {
      const { body } = received;
      const accountId = accountIdOf(tokenOf(received)) ?? 'an account of the token';
      if (received.path === '/responses/compact') {
        return [
          ...headerRules(received, { 'chatgpt-account-id': accountId, accept: 'application/json' }),
          ['The model is not its own name.', body['model'] === 'gpt-5.6-sol'],
          ['Input must be a list', Array.isArray(body['input'])],
        ];
      }
      const items = objectsOf(body['input']);
      const isOwn = /^codex/.test(received.headers['user-agent'] ?? '');
      return [
        ['The path is wrong.', received.path === '/responses'],
        ...headerRules(received, {
          'chatgpt-account-id': accountId,
          'openai-beta': 'responses=experimental',
          accept: 'text/event-stream',
        }),
        ...(isOwn ? [] : absentRules(received, ['user-agent', 'version'])),
        ['Its name is taken.', isOwn || received.headers['originator'] !== 'codex_cli_rs'],
        ['Stream must be set to true', body['stream'] === true],
        ['Store must be set to false', body['store'] === false],
        ['Instructions are required', (asString(body['instructions']) ?? '').trim() !== ''],
        ['Input must be a list', Array.isArray(body['input']) && items.length > 0],
        ['System messages are not allowed', items.every(({ role }) => role !== 'system')],
        ['Images must be inline', !JSON.stringify(items).includes('"image_url":"http')],
        ['The effort is missing', isObject(body['reasoning']) && typeof body['reasoning']['effort'] === 'string'],
        ['The suffix is part of the model', !/-(?:none|low|medium|high|xhigh)$/.test(asString(body['model']) ?? '')],
        [
          'Sealed thoughts are not asked for',
          JSON.stringify(body['include'] ?? []).includes('reasoning.encrypted_content'),
        ],
        ...Object.keys(body).map((name) => [`Unsupported parameter: ${name}`, KNOWN.has(name)] as const),
      ];
    },
    refuse: (response, status, detail) => sendJson(response, { detail }, status),
    answer: (received, response) => {
      if (received.path !== '/responses/compact') return answerResponses(received, response);
      const output = [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'sealed' }];
      sendJson(response, { id: 'resp_c', object: 'response.compaction', created_at: 1, output, usage: USAGE });
    },
  });
}
